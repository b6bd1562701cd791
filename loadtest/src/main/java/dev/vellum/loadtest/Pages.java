package dev.vellum.loadtest;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A site's pages, each a document and its pictures, all of them {@link Objects}.
 *
 * @param count at least 1
 */
record Pages(int count) {

    private static final int MOST = 24;

    /** Objects of all pages. */
    int objects() {
        return count * (MOST + 1);
    }

    /** The document of a page. */
    int document(int page) {
        return page * (MOST + 1);
    }

    /** The pictures of a page, 1 to 24 of them. */
    List<Integer> pictures(int page) {
        int first = document(page) + 1;
        return IntStream.rangeClosed(first, first + page * 7 % MOST).boxed().toList();
    }
}
