import java.lang.management.ManagementFactory;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.jexl3.JexlBuilder;
import org.apache.commons.jexl3.JexlContext;
import org.apache.commons.jexl3.JexlEngine;
import org.apache.commons.jexl3.JexlExpression;
import org.apache.commons.jexl3.MapContext;

/** Expressions of a mapping per second on Commons JEXL: arguments are seconds to run, then the expressions; prints rounds per second. */
public final class JexlBench {
    /** What the mappings call. */
    public static final class Functions {
        public String lower(String text) {
            return text == null ? null : text.toLowerCase(Locale.ROOT);
        }

        public String trim(String text) {
            return text == null ? null : text.trim();
        }

        public Object date(String text, String format) {
            return text == null ? null : OffsetDateTime.parse(text, DateTimeFormatter.ofPattern(format));
        }
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> made = new HashMap<>();
        for (int index = 0; index < pairs.length; index += 2) {
            made.put((String) pairs[index], pairs[index + 1]);
        }
        return made;
    }

    /** Processor time, as the TypeScript side measures it. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    public static void main(String[] args) {
        JexlEngine engine = new JexlBuilder().strict(false).silent(false)
            .namespaces(Collections.<String, Object>singletonMap(null, new Functions())).create();
        List<JexlExpression> expressions = new ArrayList<>();
        for (int index = 1; index < args.length; index++) {
            expressions.add(engine.createExpression(args[index]));
        }
        Map<String, Object> email = map("authenticatedState", "ambiguous", "id", " John@Capillarytech.com", "primary", true);
        JexlContext event = new MapContext(map(
            "_id", "T0001", "timestamp", "2025-07-14T12:00:00-06:00",
            "identityMap", map("email", Collections.singletonList(email)),
            "loyalty", map("points", 1250, "tier", "gold", "pointsRedeemed", 500, "program", "p", "status", "active", "lifetimePoints", 122, "expiredPoints", 12),
            "commerce", map("commerceScope", map("storeCode", "HSR"), "order", map("priceTotal", 90)),
            "productLineItems", Collections.singletonList(map("SKU", "sku_01", "quantity", 1, "priceTotal", 100))));
        double limit = Double.parseDouble(args[0]) * 1e9;
        long rounds = 0;
        long start = 0;
        for (int phase = 0; phase < 2; phase++) {
            rounds = 0;
            start = cpu();
            while (cpu() - start < limit) {
                for (JexlExpression expression : expressions) {
                    expression.evaluate(event);
                }
                rounds++;
            }
        }
        System.out.println(Math.round(rounds / ((cpu() - start) / 1e9)));
    }
}
