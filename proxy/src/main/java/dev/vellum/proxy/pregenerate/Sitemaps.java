package dev.vellum.proxy.pregenerate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads sitemaps (sitemaps.org, protocol 0.9) and indexes of them: the pictures of the image
 * extension, and locations whose path ends like a picture's.
 */
record Sitemaps(Visitor visitor) {

    /** What the protocol allows one sitemap. */
    private static final int MOST_BYTES = 50 * 1024 * 1024;

    private static final int MOST_SITEMAPS = 1000;
    private static final Pattern PICTURE = Pattern.compile(".*\\.(jpe?g|png|gif|webp|avif)");

    List<URI> pictures(URI first) throws IOException {
        Set<URI> found = new LinkedHashSet<>();
        List<URI> maps = new ArrayList<>(List.of(first));
        for (int i = 0; i < maps.size() && i < MOST_SITEMAPS; i++) {
            Visitor.Visit visit = visitor.get(maps.get(i), "application/xml,*/*;q=0.5", MOST_BYTES);
            if (visit.status() != 200) {
                throw new IOException(
                        maps.get(i) + ": status " + visit.status() + " (expected: 200)");
            }
            read(maps.get(i), visit.content(), found, maps);
        }
        return List.copyOf(found);
    }

    /** Adds what a document lists to {@code pictures} and {@code maps}. */
    static void read(URI where, byte[] document, Set<URI> pictures, List<URI> maps)
            throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new ByteArrayInputStream(document));
            String parent = "";
            while (xml.hasNext()) {
                if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                if (!xml.getLocalName().equals("loc")) {
                    parent = xml.getLocalName();
                    continue;
                }
                URI location = where.resolve(xml.getElementText().strip());
                String path = String.valueOf(location.getPath()).toLowerCase(Locale.ROOT);
                if (parent.equals("sitemap")) {
                    maps.add(location);
                } else if (parent.equals("image") || PICTURE.matcher(path).matches()) {
                    pictures.add(location);
                }
            }
        } catch (XMLStreamException | IllegalArgumentException malformed) {
            throw new IOException(where + " (expected: a sitemap)", malformed);
        }
    }
}
