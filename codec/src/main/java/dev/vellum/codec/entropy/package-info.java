/**
 * Entropy coding with integer tables: interleaved range asymmetric numeral systems (Duda 2013,
 * arXiv 1311.2540). Start at {@link dev.vellum.codec.entropy.RansDecoder}.
 */
@NullMarked
package dev.vellum.codec.entropy;

import org.jspecify.annotations.NullMarked;
