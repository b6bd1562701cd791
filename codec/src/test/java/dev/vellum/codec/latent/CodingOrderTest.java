package dev.vellum.codec.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.codec.latent.CodingOrder.Part;
import dev.vellum.codec.latent.CodingOrder.Unit;
import dev.vellum.codec.model.Manifest;
import dev.vellum.codec.samples.SampleModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sample model has three groups; the first of them takes two passes. */
class CodingOrderTest {

    private static final Manifest MANIFEST = SampleModel.of(SampleModel.TINY).decoder().manifest();

    @Test
    void aSmallPictureHasOneSegmentOfLatents() {
        CodingOrder order = CodingOrder.of(MANIFEST, new Grid(256, 256));

        assertThat(order.types()).containsExactly(1, 2);
        assertThat(order.parts().getFirst().units()).hasSize(4);
    }

    @Test
    void aLargerOneHasOneForEachGroup() {
        assertThat(CodingOrder.of(MANIFEST, new Grid(257, 256)).types())
                .containsExactly(4, 5, 16, 17, 18);
        assertThat(CodingOrder.of(MANIFEST, new Grid(512, 512)).parts())
                .containsExactly(
                        new Part(16, List.of(new Unit(0, 0, 32), new Unit(1, 0, 32))),
                        new Part(17, List.of(new Unit(2, 0, 32))),
                        new Part(18, List.of(new Unit(3, 0, 32))));
    }

    @Test
    void aYetLargerOneHasOneForEachPass() {
        CodingOrder order = CodingOrder.of(MANIFEST, new Grid(641, 480));

        assertThat(order.types()).containsExactly(4, 5, 16, 16, 17, 18);
        assertThat(order.parts()).allSatisfy(part -> assertThat(part.units()).hasSize(1));
        assertThat(order.lanes()).isEqualTo(1);
    }

    @Test
    void aVeryLargeOneHasOneForEachPassAndBandOfRows() {
        CodingOrder order = CodingOrder.of(MANIFEST, new Grid(16384, 2000));

        assertThat(order.types()).containsExactly(4, 5, 16, 16, 16, 16, 17, 17, 18, 18);
        assertThat(order.parts().subList(0, 3))
                .containsExactly(
                        new Part(16, List.of(new Unit(0, 0, 64))),
                        new Part(16, List.of(new Unit(0, 64, 125))),
                        new Part(16, List.of(new Unit(1, 0, 64))));
        assertThat(order.lanes()).isEqualTo(4);
    }
}
