package dev.vellum.proxy.picture.vips;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.SymbolLookup;

/**
 * The functions of libvips 8.18 and glib that are called, by their C signatures. Options travel as
 * option strings, so that no GValue is ever built. size_t is a long on every platform supported.
 */
final class VipsFunctions {

    final NativeFunction init;
    final NativeFunction version;
    final NativeFunction blockUntrusted;
    final NativeFunction blockOperation;
    final NativeFunction concurrency;
    final NativeFunction cacheMax;
    final NativeFunction trackedBytes;
    final NativeFunction threadShutdown;
    final NativeFunction errorBuffer;
    final NativeFunction errorClear;
    final NativeFunction free;
    final NativeFunction unref;

    final NativeFunction open;
    final NativeFunction wrap;
    final NativeFunction width;
    final NativeFunction height;
    final NativeFunction bands;
    final NativeFunction format;
    final NativeFunction interpretation;
    final NativeFunction orientation;
    final NativeFunction pages;
    final NativeFunction pageHeight;
    final NativeFunction typeOf;
    final NativeFunction string;
    final NativeFunction integer;
    final NativeFunction integers;
    final NativeFunction setString;
    final NativeFunction setInteger;
    final NativeFunction setIntegers;
    final NativeFunction kill;

    final NativeFunction copy;
    final NativeFunction autorot;
    final NativeFunction iccTransform;
    final NativeFunction colourspace;
    final NativeFunction cast;
    final NativeFunction thumbnail;
    final NativeFunction writeToMemory;
    final NativeFunction writeToBuffer;

    VipsFunctions(SymbolLookup in) {
        init = NativeFunction.of(in, "vips_init", JAVA_INT, ADDRESS);
        version = NativeFunction.of(in, "vips_version", JAVA_INT, JAVA_INT);
        blockUntrusted = NativeFunction.ofVoid(in, "vips_block_untrusted_set", JAVA_INT);
        blockOperation = NativeFunction.ofVoid(in, "vips_operation_block_set", ADDRESS, JAVA_INT);
        concurrency = NativeFunction.ofVoid(in, "vips_concurrency_set", JAVA_INT);
        cacheMax = NativeFunction.ofVoid(in, "vips_cache_set_max", JAVA_INT);
        trackedBytes = NativeFunction.of(in, "vips_tracked_get_mem", JAVA_LONG);
        threadShutdown = NativeFunction.ofVoid(in, "vips_thread_shutdown");
        errorBuffer = NativeFunction.of(in, "vips_error_buffer_copy", ADDRESS);
        errorClear = NativeFunction.ofVoid(in, "vips_error_clear");
        free = NativeFunction.ofVoid(in, "g_free", ADDRESS);
        unref = NativeFunction.ofVoid(in, "g_object_unref", ADDRESS);

        open =
                NativeFunction.variadic(
                        in,
                        3,
                        "vips_image_new_from_buffer",
                        ADDRESS,
                        ADDRESS,
                        JAVA_LONG,
                        ADDRESS,
                        ADDRESS);
        wrap =
                NativeFunction.of(
                        in,
                        "vips_image_new_from_memory",
                        ADDRESS,
                        ADDRESS,
                        JAVA_LONG,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT);
        width = NativeFunction.of(in, "vips_image_get_width", JAVA_INT, ADDRESS);
        height = NativeFunction.of(in, "vips_image_get_height", JAVA_INT, ADDRESS);
        bands = NativeFunction.of(in, "vips_image_get_bands", JAVA_INT, ADDRESS);
        format = NativeFunction.of(in, "vips_image_get_format", JAVA_INT, ADDRESS);
        interpretation = NativeFunction.of(in, "vips_image_get_interpretation", JAVA_INT, ADDRESS);
        orientation = NativeFunction.of(in, "vips_image_get_orientation", JAVA_INT, ADDRESS);
        pages = NativeFunction.of(in, "vips_image_get_n_pages", JAVA_INT, ADDRESS);
        pageHeight = NativeFunction.of(in, "vips_image_get_page_height", JAVA_INT, ADDRESS);
        typeOf = NativeFunction.of(in, "vips_image_get_typeof", JAVA_LONG, ADDRESS, ADDRESS);
        string =
                NativeFunction.of(in, "vips_image_get_string", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        integer = NativeFunction.of(in, "vips_image_get_int", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        integers =
                NativeFunction.of(
                        in,
                        "vips_image_get_array_int",
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS);
        setString = NativeFunction.ofVoid(in, "vips_image_set_string", ADDRESS, ADDRESS, ADDRESS);
        setInteger = NativeFunction.ofVoid(in, "vips_image_set_int", ADDRESS, ADDRESS, JAVA_INT);
        setIntegers =
                NativeFunction.ofVoid(
                        in, "vips_image_set_array_int", ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
        kill = NativeFunction.ofVoid(in, "vips_image_set_kill", ADDRESS, JAVA_INT);

        // (in, out, option name, value, ..., NULL)
        copy =
                NativeFunction.variadic(
                        in, 2, "vips_copy", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
        autorot =
                NativeFunction.variadic(in, 2, "vips_autorot", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        iccTransform =
                NativeFunction.variadic(
                        in,
                        3,
                        "vips_icc_transform",
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS);
        colourspace =
                NativeFunction.variadic(
                        in, 3, "vips_colourspace", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
        cast =
                NativeFunction.variadic(
                        in, 3, "vips_cast", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
        thumbnail =
                NativeFunction.variadic(
                        in,
                        3,
                        "vips_thumbnail_image",
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS);
        writeToMemory =
                NativeFunction.of(in, "vips_image_write_to_memory", ADDRESS, ADDRESS, ADDRESS);
        writeToBuffer =
                NativeFunction.variadic(
                        in,
                        4,
                        "vips_image_write_to_buffer",
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS);
    }
}
