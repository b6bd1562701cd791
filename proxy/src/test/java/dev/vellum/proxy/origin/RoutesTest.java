package dev.vellum.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutesTest {

    private static RouteConfig route(String origin, String... hosts) {
        return new RouteConfig(List.of(hosts), List.of(OriginAddress.parse(origin)));
    }

    private static @Nullable String origin(Routes routes, String host) {
        Balanced found = routes.find(host);
        return found == null ? null : found.config().origins().getFirst().host();
    }

    @Test
    void exactNameComesBeforeTheLongestWildcardBeforeAll() {
        Routes routes =
                new Routes(
                        List.of(
                                route("http://exact", "www.example.org"),
                                route("http://long", "*.shop.example.org"),
                                route("http://short", "*.Example.org")),
                        System::nanoTime);
        assertThat(origin(routes, "www.example.org")).isEqualTo("exact");
        assertThat(origin(routes, "a.shop.example.org")).isEqualTo("long");
        assertThat(origin(routes, "shop.example.org")).isEqualTo("short");
        assertThat(origin(routes, "example.org")).isNull();
        assertThat(origin(routes, "other.test")).isNull();
    }

    @Test
    void hostInTwoRoutesStopsTheStart() {
        List<RouteConfig> twice = List.of(route("http://a", "x.test"), route("http://b", "X.test"));
        assertThatThrownBy(() -> new Routes(twice, System::nanoTime))
                .hasMessageContaining("X.test");
    }
}
