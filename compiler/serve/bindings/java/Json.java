import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import IMPORT.Id;
import IMPORT.Time;
import IMPORT.WeightedId;

/** A small reader of JSON, so that the example and the test need no library. A server of yours has one. */
final class Json {
    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /** Maps, lists, strings, booleans, null, and numbers as Long or Double. */
    static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.space();
        if (json.at < text.length()) throw json.problem();
        return value;
    }

    /** A text as JSON writes it. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char each : text.toCharArray()) {
            if (each < ' ') out.append(String.format("\\u%04x", (int) each));
            else if (each == '"' || each == '\\') out.append('\\').append(each);
            else out.append(each);
        }
        return out.append('"').toString();
    }

    static Object get(Object record, String key) {
        return record instanceof Map<?, ?> map ? map.get(key) : null;
    }

    /** Null if it is missing. */
    static List<?> list(Object value, String name) {
        if (value == null) return null;
        if (value instanceof List<?> list) return list;
        throw new IllegalArgumentException(name + " must be an array");
    }

    static Id id(Object record, String name) {
        Object value = get(record, name);
        if (value == null) return null;
        if (value instanceof String text) return Id.of(text);
        if (value instanceof Long number) return Id.of(number);
        throw new IllegalArgumentException(name + " must be a string or a whole number");
    }

    static Double number(Object record, String name) {
        Object value = get(record, name);
        if (value == null) return null;
        if (value instanceof Number number) return number.doubleValue();
        throw new IllegalArgumentException(name + " must be a number");
    }

    static Time time(Object record, String name) {
        Object value = get(record, name);
        if (value == null) return null;
        if (value instanceof String text) return Time.of(text);
        if (value instanceof Number number) return Time.of(number.doubleValue());
        throw new IllegalArgumentException(name + " must be a time");
    }

    static String text(Object record, String name) {
        Object value = get(record, name);
        if (value == null) return null;
        if (value instanceof String text) return text;
        throw new IllegalArgumentException(name + " must be a string");
    }

    static float[] vector(Object record, String name) {
        List<?> list = list(get(record, name), name);
        if (list == null) return null;
        float[] vector = new float[list.size()];
        for (int i = 0; i < vector.length; i++) {
            if (!(list.get(i) instanceof Number number))
                throw new IllegalArgumentException(name + " must hold numbers");
            vector[i] = number.floatValue();
        }
        return vector;
    }

    static List<Id> ids(Object record, String name) {
        List<?> list = list(get(record, name), name);
        if (list == null) return null;
        List<Id> ids = new ArrayList<>();
        for (Object each : list) ids.add(id(Map.of(name, each), name));
        return ids;
    }

    static List<WeightedId> weightedIds(Object record, String name) {
        List<?> list = list(get(record, name), name);
        if (list == null) return null;
        List<WeightedId> ids = new ArrayList<>();
        for (Object each : list) {
            if (!(each instanceof List<?> pair) || pair.size() != 2)
                throw new IllegalArgumentException(name + " must hold pairs of a value and its weight");
            ids.add(new WeightedId(id(Map.of(name, pair.get(0)), name), number(Map.of(name, pair.get(1)), name)));
        }
        return ids;
    }

    private IllegalArgumentException problem() {
        return new IllegalArgumentException("this isn't JSON at character " + at);
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void space() {
        while (" \t\n\r".indexOf(peek()) >= 0 && at < text.length()) at++;
    }

    private boolean takes(String token) {
        space();
        if (!text.startsWith(token, at)) return false;
        at += token.length();
        return true;
    }

    private void need(String token) {
        if (!takes(token)) throw problem();
    }

    private Object value() {
        if (++depth > 64) throw problem();
        Object value = one();
        depth--;
        return value;
    }

    private Object one() {
        if (takes("{")) {
            Map<String, Object> map = new LinkedHashMap<>();
            if (takes("}")) return map;
            do {
                need("\"");
                String name = string();
                need(":");
                map.put(name, value());
            } while (takes(","));
            need("}");
            return map;
        }
        if (takes("[")) {
            List<Object> list = new ArrayList<>();
            if (takes("]")) return list;
            do list.add(value());
            while (takes(","));
            need("]");
            return list;
        }
        if (takes("\"")) return string();
        if (takes("null")) return null;
        if (takes("true")) return true;
        if (takes("false")) return false;
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(peek()) >= 0) at++;
        String number = text.substring(from, at);
        try {
            if (number.matches("-?[0-9]{1,18}")) return Long.valueOf(number);
            return Double.valueOf(number);
        } catch (NumberFormatException e) {
            throw problem();
        }
    }

    private String string() {
        StringBuilder own = new StringBuilder();
        while (true) {
            if (at >= text.length()) throw problem();
            char c = text.charAt(at++);
            if (c == '"') return own.toString();
            if (c != '\\') {
                own.append(c);
                continue;
            }
            char escape = peek();
            at++;
            int plain = "\"\\/bfnrt".indexOf(escape);
            if (plain >= 0 && escape != 0) own.append("\"\\/\b\f\n\r\t".charAt(plain));
            else if (escape == 'u' && at + 4 <= text.length()) {
                try {
                    own.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                } catch (NumberFormatException e) {
                    throw problem();
                }
                at += 4;
            } else throw problem();
        }
    }
}
