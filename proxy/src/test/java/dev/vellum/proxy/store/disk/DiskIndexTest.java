package dev.vellum.proxy.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.store.disk.DiskIndex.Place;
import dev.vellum.proxy.store.disk.DiskIndex.Standing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DiskIndexTest {

    @Test
    void findsWhatAMapOfListsFinds() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        DiskIndex index = new DiskIndex();
        Map<DiskKey, Place> model = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            // few low bits, so that runs of colliding slots grow, wrap around and are closed
            long resource = (long) random.nextInt(4) << 60 | random.nextInt(3_000) * 5L;
            DiskKey key = new DiskKey(resource, random.nextInt(3));
            switch (random.nextInt(5)) {
                case 0 -> {
                    Place place = model.get(key);
                    if (place != null) {
                        index.remove(resource, place);
                        model.remove(key);
                    }
                }
                case 1 -> {
                    boolean any = model.remove(new DiskKey(resource, 0)) != null;
                    any |= model.remove(new DiskKey(resource, 1)) != null;
                    any |= model.remove(new DiskKey(resource, 2)) != null;
                    assertThat(index.removeAll(resource)).as("seed %d", seed).isEqualTo(any);
                }
                default -> {
                    Place place = new Place(step + 1, random.nextInt(1 << 30), 100);
                    index.put(key, place);
                    model.put(key, place);
                }
            }
            if (step % 1_000 == 0) {
                assertThat(index.size()).isEqualTo(model.size());
            }
        }
        for (Map.Entry<DiskKey, Place> entry : model.entrySet()) {
            List<Place> found = index.find(entry.getKey().resource());
            assertThat(found).as("seed %d", seed).contains(entry.getValue());
            assertThat(found).isSortedAccordingTo((a, b) -> b.segment() - a.segment());
        }
        assertThat(index.size()).isEqualTo(model.size());
    }

    @Test
    void aRecordIsUsedOnceItWasFoundAndIdleAgainOnceItWasWrittenAnew() {
        DiskIndex index = new DiskIndex();
        DiskKey key = new DiskKey(99, 1);
        Place place = new Place(1, 24, 500);
        assertThat(index.standing(key, place)).isEqualTo(Standing.VOID);
        index.put(key, place);
        assertThat(index.standing(key, place)).isEqualTo(Standing.IDLE);
        assertThat(index.find(99)).containsExactly(place);
        assertThat(index.standing(key, place)).isEqualTo(Standing.USED);
        Place anew = new Place(2, 24, 500);
        index.put(key, anew);
        assertThat(index.standing(key, place)).isEqualTo(Standing.VOID);
        assertThat(index.standing(key, anew)).isEqualTo(Standing.IDLE);
    }
}
