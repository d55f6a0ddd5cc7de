import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.jexl3.JexlBuilder;
import org.apache.commons.jexl3.JexlEngine;
import org.apache.commons.jexl3.MapContext;

/**
 * The truth to compare with: reads JSON lines, answers JSON lines.
 * {"id","expression","data","mode"} is evaluated by Apache Commons JEXL; {"id","call","args"} by java.time or java.util.regex.
 * Answers {"id","value"} or {"id","error"}. Doubles keep their fraction (2.0), so that the kind of number is compared too.
 */
public final class Oracle {
    private static final JexlEngine STRICT = new JexlBuilder().strict(true).silent(false).cache(0).create();
    private static final JexlEngine LENIENT = new JexlBuilder().strict(false).silent(false).cache(0).create();

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<?, ?> request = (Map<?, ?>) new Json(line).value();
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("id", request.get("id"));
            try {
                answer.put("value", request.containsKey("call") ? call(request) : evaluate(request));
            } catch (Throwable failure) {
                // Not its message: making that fails for some texts.
                answer.put("error", failure.getClass().getName());
            }
            StringBuilder text = new StringBuilder();
            write(text, answer);
            out.println(text);
        }
        out.flush();
    }

    @SuppressWarnings("unchecked")
    private static Object evaluate(Map<?, ?> request) {
        JexlEngine engine = "strict".equals(request.get("mode")) ? STRICT : LENIENT;
        Map<String, Object> data = (Map<String, Object>) request.get("data");
        return engine.createExpression((String) request.get("expression")).evaluate(new MapContext(data));
    }

    private static Object call(Map<?, ?> request) {
        List<?> args = (List<?>) request.get("args");
        String first = String.valueOf(args.get(0));
        String second = (String) args.get(1);
        switch ((String) request.get("call")) {
            case "matches":
                return first.matches(second);
            case "split":
                return first.split(second);
            case "groups":
                return groups(first, second);
            case "date":
                return parseDate(first, second);
            case "dformat":
                return formatter(second).format(Instant.ofEpochMilli(Long.parseLong(first)).atZone(ZoneOffset.UTC));
            case "zoned":
                return formatter(second).format(Instant.ofEpochMilli(Long.parseLong(first.split(" ")[0])).atZone(ZoneId.of(first.split(" ")[1])));
            default:
                throw new IllegalArgumentException("no such call");
        }
    }

    private static List<String> groups(String text, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        List<String> found = new ArrayList<>();
        if (matcher.matches()) {
            for (int group = 0; group <= matcher.groupCount(); group++) {
                found.add(matcher.group(group));
            }
        }
        return found;
    }

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    private static String parseDate(String text, String pattern) {
        TemporalAccessor parsed = formatter(pattern).parse(text);
        LocalDate date = parsed.query(TemporalQueries.localDate());
        LocalTime time = parsed.query(TemporalQueries.localTime());
        ZoneId zone = parsed.query(TemporalQueries.zone());
        if (date == null) {
            throw new IllegalArgumentException("no date");
        }
        return date.atTime(time == null ? LocalTime.MIDNIGHT : time).atZone(zone == null ? ZoneOffset.UTC : zone)
            .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
    }

    private static void write(StringBuilder out, Object value) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long || value instanceof BigInteger
            || value instanceof Short || value instanceof Byte) {
            out.append(value);
        } else if (value instanceof Number) {
            double number = ((Number) value).doubleValue();
            out.append(Double.isNaN(number) || Double.isInfinite(number) ? "null" : value instanceof BigDecimal ? value.toString() : Double.toString(number));
        } else if (value instanceof Map) {
            String comma = "{";
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                out.append(comma);
                writeText(out, String.valueOf(entry.getKey()));
                out.append(':');
                write(out, entry.getValue());
                comma = ",";
            }
            out.append("{".equals(comma) ? "{}" : "}");
        } else if (value instanceof Iterable) {
            List<Object> items = new ArrayList<>();
            ((Iterable<?>) value).forEach(items::add);
            write(out, items.toArray());
        } else if (value.getClass().isArray()) {
            out.append('[');
            for (int index = 0; index < Array.getLength(value); index++) {
                if (index > 0) {
                    out.append(',');
                }
                write(out, Array.get(value, index));
            }
            out.append(']');
        } else {
            writeText(out, value instanceof String ? (String) value : "java:" + value.getClass().getName());
        }
    }

    private static void writeText(StringBuilder out, String text) {
        out.append('"');
        for (char next : text.toCharArray()) {
            if (next == '"' || next == '\\') {
                out.append('\\').append(next);
            } else if (next < 0x20 || next > 0x7e) {
                out.append(String.format("\\u%04x", (int) next));
            } else {
                out.append(next);
            }
        }
        out.append('"');
    }

    /** A small JSON reader: integers become Integer, Long or BigInteger, numbers with a fraction or exponent Double. */
    private static final class Json {
        private final String text;
        private int at;

        Json(String text) {
            this.text = text;
        }

        Object value() {
            blanks();
            char next = text.charAt(at);
            if (next == '{') {
                return object();
            }
            if (next == '[') {
                return list();
            }
            if (next == '"') {
                return string();
            }
            int from = at;
            while (at < text.length() && ",]} \t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return scalar(text.substring(from, at));
        }

        private static Object scalar(String word) {
            switch (word) {
                case "null":
                    return null;
                case "true":
                    return Boolean.TRUE;
                case "false":
                    return Boolean.FALSE;
                default:
                    if (word.matches(".*[.eE].*")) {
                        return Double.valueOf(word);
                    }
                    BigInteger number = new BigInteger(word);
                    if (number.bitLength() < 32) {
                        return number.intValue();
                    }
                    return number.bitLength() < 64 ? (Object) number.longValue() : number;
            }
        }

        private Map<String, Object> object() {
            Map<String, Object> found = new LinkedHashMap<>();
            at++;
            while (!closes('}')) {
                String key = string();
                closes(':');
                found.put(key, value());
                closes(',');
            }
            return found;
        }

        private List<Object> list() {
            List<Object> found = new ArrayList<>();
            at++;
            while (!closes(']')) {
                found.add(value());
                closes(',');
            }
            return found;
        }

        private boolean closes(char wanted) {
            blanks();
            if (text.charAt(at) != wanted) {
                return false;
            }
            at++;
            blanks();
            return true;
        }

        private void blanks() {
            while (at < text.length() && text.charAt(at) <= ' ') {
                at++;
            }
        }

        private String string() {
            StringBuilder found = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                if (text.charAt(at) != '\\') {
                    found.append(text.charAt(at));
                    continue;
                }
                char escape = text.charAt(++at);
                if (escape == 'u') {
                    found.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                    at += 4;
                } else {
                    int known = "bfnrt".indexOf(escape);
                    found.append(known < 0 ? escape : "\b\f\n\r\t".charAt(known));
                }
            }
            at++;
            return found.toString();
        }
    }
}
