package dev.vellum.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ObjectsTest {

    private static final Objects OBJECTS = new Objects(1000);

    @Test
    void everyPartOfAnObjectIsPartOfTheWhole() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
            int number = random.nextInt(OBJECTS.count());
            int size = OBJECTS.size(number);
            byte[] whole = new byte[size];
            OBJECTS.read(number, 0, whole, size);
            int first = random.nextInt(size);
            int length = 1 + random.nextInt(size - first);
            byte[] part = new byte[length];
            System.arraycopy(whole, first, part, 0, length);
            assertThat(OBJECTS.isRight(number, first, part, length)).isTrue();
        }
    }

    @Test
    void aByteThatIsNotTheObjectsIsNoticedAndSoIsAnotherObject() {
        byte[] bytes = new byte[1000];
        OBJECTS.read(3, 100, bytes, 1000);
        assertThat(OBJECTS.isRight(4, 100, bytes, 1000)).isFalse();
        assertThat(OBJECTS.isRight(3, 101, bytes, 1000)).isFalse();
        bytes[999] ^= 1;
        assertThat(OBJECTS.isRight(3, 100, bytes, 1000)).isFalse();
        assertThat(OBJECTS.isRight(3, 100, bytes, 999)).isTrue();
    }

    @Test
    void sizesAreThoseOfTheWeb() {
        long sum = 0;
        for (int i = 0; i < OBJECTS.count(); i++) {
            assertThat(OBJECTS.size(i)).isBetween(1024, 4 << 20);
            sum += OBJECTS.size(i);
        }
        assertThat(sum / OBJECTS.count()).isBetween(50_000L, 150_000L);
    }
}
