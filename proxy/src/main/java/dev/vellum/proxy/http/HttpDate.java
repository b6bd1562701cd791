package dev.vellum.proxy.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times in fields, whole seconds in UTC (RFC 9110 section 5.6.7). */
public final class HttpDate {

    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final List<String> MONTHS =
            List.of(
                    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                    "dec");

    private static final List<String> DAYS =
            List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private static final List<String> LONG_DAYS =
            List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");

    private HttpDate() {}

    /** The preferred form, such as {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    public static String format(Instant time) {
        return IMF_FIXDATE.format(time);
    }

    /**
     * Reads any of the three forms. Names are matched without case; every zone but GMT is invalid
     * (RFC 9111 section 4.2). The day of the week is not held against the date.
     *
     * @param now tells the century of a two-digit year: at most 50 years ahead
     * @return null where the text is not a date
     */
    public static @Nullable Instant parse(@Nullable String text, Instant now) {
        if (text == null || text.length() > 40) {
            return null;
        }
        String[] words = text.toLowerCase(Locale.ROOT).split(" ", -1);
        try {
            return switch (words.length) {
                case 6 -> words[2].isEmpty() ? ansiC(words, 3) : imfFixdate(words);
                case 5 -> ansiC(words, 2);
                case 4 -> rfc850(words, now);
                default -> null;
            };
        } catch (DateTimeException | NumberFormatException notADate) {
            return null;
        }
    }

    /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    private static @Nullable Instant imfFixdate(String[] words) {
        if (!words[0].endsWith(",")
                || !DAYS.contains(words[0].substring(0, words[0].length() - 1))
                || !words[5].equals("gmt")) {
            return null;
        }
        return instant(digits(words[3], 4), words[2], digits(words[1], 2), words[4]);
    }

    /** {@code Sunday, 06-Nov-94 08:49:37 GMT}. */
    private static @Nullable Instant rfc850(String[] words, Instant now) {
        String[] date = words[1].split("-", -1);
        if (!words[0].endsWith(",")
                || !LONG_DAYS.contains(words[0].substring(0, words[0].length() - 1))
                || date.length != 3
                || !words[3].equals("gmt")) {
            return null;
        }
        int thisYear = now.atOffset(ZoneOffset.UTC).getYear();
        int year = thisYear - thisYear % 100 + digits(date[2], 2);
        if (year > thisYear + 50) {
            year -= 100;
        }
        return instant(year, date[1], digits(date[0], 2), words[2]);
    }

    /** {@code Sun Nov 6 08:49:37 1994}. */
    private static @Nullable Instant ansiC(String[] words, int day) {
        if (!DAYS.contains(words[0])) {
            return null;
        }
        return instant(
                digits(words[day + 2], 4),
                words[1],
                digits(words[day], words[day].length() == 1 ? 1 : 2),
                words[day + 1]);
    }

    private static @Nullable Instant instant(int year, String month, int day, String time) {
        int monthIndex = MONTHS.indexOf(month);
        if (monthIndex < 0
                || time.length() != 8
                || time.charAt(2) != ':'
                || time.charAt(5) != ':') {
            return null;
        }
        // a leap second is taken as the second before it: java.time has none
        int second = Math.min(digits(time.substring(6), 2), 59);
        return LocalDateTime.of(
                        year,
                        monthIndex + 1,
                        day,
                        digits(time.substring(0, 2), 2),
                        digits(time.substring(3, 5), 2),
                        second)
                .toInstant(ZoneOffset.UTC);
    }

    private static int digits(String text, int count) {
        if (text.length() != count) {
            throw new NumberFormatException(text);
        }
        for (int i = 0; i < count; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                throw new NumberFormatException(text);
            }
        }
        return Integer.parseInt(text);
    }
}
