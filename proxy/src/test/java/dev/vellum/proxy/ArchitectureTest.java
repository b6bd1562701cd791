package dev.vellum.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Who may know whom: {@code server -> exchange -> {store, origin, picture} -> http}, nothing back.
 */
@AnalyzeClasses(packages = "dev.vellum", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_PROXY_KNOWS_NOTHING_OF_TRAINING =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.vellum.training..", "dev.vellum.loadtest..", "ai.djl..");

    @ArchTest
    static final ArchRule CODEC_INTERNALS_STAY_INSIDE =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vellum.proxy..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.vellum.codec.(*)..");

    @ArchTest
    static final ArchRule ONLY_PICTURES_LATENTS_AND_COMMANDS_USE_THE_CODEC =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vellum.proxy..")
                    .and()
                    .resideOutsideOfPackages(
                            "dev.vellum.proxy.picture..",
                            "dev.vellum.proxy.latent..",
                            "dev.vellum.proxy.command..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.vellum.codec..");

    @ArchTest
    static final ArchRule HTTP_RULES_ARE_PURE =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vellum.proxy.http..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.netty..",
                            "java.io..",
                            "java.net..",
                            "java.nio.file..",
                            "org.slf4j..")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(java.time.Clock.class)
                    .orShould()
                    .callMethod(java.time.Instant.class, "now")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule STORE_AND_ORIGIN_DO_NOT_LOOK_BACK =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "dev.vellum.proxy.store..",
                            "dev.vellum.proxy.origin..",
                            "dev.vellum.proxy.picture..",
                            "dev.vellum.proxy.http..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dev.vellum.proxy.server..", "dev.vellum.proxy.exchange..")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.vellum.proxy.(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true);
}
