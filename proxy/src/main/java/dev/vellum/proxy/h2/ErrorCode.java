package dev.vellum.proxy.h2;

/** Why a stream or connection ends (RFC 9113 section 7), in the order of their numbers. */
public enum ErrorCode {
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
    INADEQUATE_SECURITY,
    HTTP_1_1_REQUIRED;

    /** As sent. */
    @SuppressWarnings("EnumOrdinal") // the order is the standard's
    int number() {
        return ordinal();
    }

    /** The code of that number; unknown ones mean INTERNAL_ERROR (section 7). */
    static ErrorCode of(long number) {
        ErrorCode[] all = values();
        return number >= 0 && number < all.length ? all[(int) number] : INTERNAL_ERROR;
    }
}
