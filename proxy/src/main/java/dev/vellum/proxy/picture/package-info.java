/**
 * Pictures: what a file is, whether another form of it serves a client better, and making that form
 * within bounds of time and memory. Nothing here knows of connections, caches or threads of the
 * network; an outcome is a value, and any failure means that the original goes out ({@link
 * dev.vellum.proxy.picture.Bypass} says why).
 *
 * <p>Pure rules, for the thread that serves a request:
 *
 * <ol>
 *   <li>{@link dev.vellum.proxy.picture.Eligibility} reads a response's head: may it be
 *       transformed?
 *   <li>{@link dev.vellum.proxy.picture.Sniffer} reads the first bytes and the header of a file, in
 *       Java: format, size, frames.
 *   <li>{@link dev.vellum.proxy.picture.Negotiation} chooses from what the client accepts and what
 *       there is ({@link dev.vellum.proxy.picture.Stock}): the variant to send, the one to make,
 *       and Vary.
 *   <li>{@link dev.vellum.proxy.picture.Cost} estimates what making it takes.
 * </ol>
 *
 * <p>Work, on platform threads of its own:
 *
 * <ol>
 *   <li>{@link dev.vellum.proxy.picture.Transcoder} takes a job or refuses it, and runs it once.
 *   <li>{@link dev.vellum.proxy.picture.VariantMaker} is the job: decode, size, tell drawings from
 *       photographs, encode by a recipe, judge what the client would see by the {@link
 *       dev.vellum.proxy.picture.Guard}.
 *   <li>{@link dev.vellum.proxy.picture.PictureFormats} reads and writes files through libvips
 *       ({@link dev.vellum.proxy.picture.vips.Vips}), under {@link
 *       dev.vellum.proxy.picture.PictureLimits} and a {@link dev.vellum.proxy.picture.Deadline}.
 * </ol>
 *
 * <p>Start at {@link dev.vellum.proxy.picture.VariantMaker} for pixels and at {@link
 * dev.vellum.proxy.picture.Negotiation} for HTTP.
 */
@NullMarked
package dev.vellum.proxy.picture;

import org.jspecify.annotations.NullMarked;
