package dev.vellum.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vellum.proxy.access.AccessConfig.Account;
import dev.vellum.proxy.access.Gate.Admission;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

    private static final InetAddress NEAR = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress FAR = InetAddress.ofLiteral("192.0.2.1");

    private static final Gate GUARDED =
            new Gate(
                    new AccessConfig(
                            List.of(Network.parse("127.0.0.0/8")),
                            List.of(
                                    new Account("alice", Secret.of("open sésame:1")),
                                    new Account("bob", Secret.of("b"))),
                            List.of(new Account("phone", Secret.of("t0ken"))),
                            "here"));

    private static String basic(String userAndPassword) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aClientOfAnotherNetworkIsForbiddenWhateverItPresents() {
        assertThat(GUARDED.admit(FAR, List.of(basic("bob:b"))))
                .isEqualTo(new Admission.Forbidden());
        assertThat(new Gate(AccessConfig.LOOPBACK).admit(FAR, List.of()))
                .isEqualTo(new Admission.Forbidden());
    }

    @Test
    void withoutAccountsNoCredentialsAreAskedFor() {
        assertThat(new Gate(AccessConfig.LOOPBACK).admit(NEAR, List.of()))
                .isEqualTo(new Admission.Anonymous());
        assertThat(new Gate(AccessConfig.LOOPBACK).allows(InetAddress.ofLiteral("::1"))).isTrue();
        assertThat(new Gate(AccessConfig.EVERYONE).allows(FAR)).isTrue();
    }

    @Test
    void theRightPasswordOrTokenIsKnownByItsName() {
        assertThat(GUARDED.admit(NEAR, List.of(basic("alice:open sésame:1"))))
                .isEqualTo(new Admission.Known("alice"));
        assertThat(GUARDED.admit(NEAR, List.of("bAsIc " + basic("bob:b").substring(6))))
                .isEqualTo(new Admission.Known("bob"));
        assertThat(GUARDED.admit(NEAR, List.of("Bearer t0ken")))
                .isEqualTo(new Admission.Known("phone"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic !!!",
                "Basic Ym9i",
                "Bearer",
                "Bearer ",
                "Bearer T0KEN",
                "Bearer t0ken2",
                "Digest username=bob",
                "t0ken"
            })
    void anythingElseIsChallenged(String value) {
        assertThat(GUARDED.admit(NEAR, List.of(value)))
                .isEqualTo(
                        new Admission.Challenged(
                                List.of(
                                        "Bearer realm=\"here\"",
                                        "Basic realm=\"here\", charset=\"UTF-8\"")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bob:", "bob:B", "bob:bb", "alice:b", "carol:b", ":b", "bob", "phone:t0ken"})
    void aWrongPasswordIsChallenged(String userAndPassword) {
        assertThat(GUARDED.admit(NEAR, List.of(basic(userAndPassword))))
                .isInstanceOf(Admission.Challenged.class);
    }

    @Test
    void severalCredentialsAreAsGoodAsNone() {
        assertThat(GUARDED.admit(NEAR, List.of("Bearer t0ken", "Bearer t0ken")))
                .isInstanceOf(Admission.Challenged.class);
        assertThat(GUARDED.admit(NEAR, List.of())).isInstanceOf(Admission.Challenged.class);
    }

    @Test
    void secretsComeFromAFileOrTheEnvironmentAndAreNeverShown(@TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "from file\nnot this\n");
        assertThat(Secret.ofFile(file).matches("from file".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        Secret secret = Secret.ofEnvironment("S", Map.of("S", "from environment"));
        assertThat(secret.matches("from environment".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(new Account("a", secret).toString()).doesNotContain("environment");
        assertThatThrownBy(() -> Secret.ofFile(folder.resolve("none")))
                .hasMessageContaining("none")
                .hasMessageContaining("expected: a readable file");
        assertThatThrownBy(() -> Secret.ofEnvironment("S", Map.of()))
                .hasMessage("\"S\" (expected: an environment variable that is set)");
    }
}
