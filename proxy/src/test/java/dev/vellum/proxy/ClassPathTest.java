package dev.vellum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassPathTest {

    @Test
    void theTrainingEngineIsNotOnTheClassPathOfTheProxy() {
        List<String> jars =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(path -> new File(path).getName())
                        .toList();

        assertThat(jars)
                .anyMatch(name -> name.startsWith("onnxruntime"))
                .noneMatch(name -> name.contains("djl") || name.contains("pytorch"));
    }
}
