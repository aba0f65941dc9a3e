package interop;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the fields of a request. A field that is null is as good as missing. */
public final class Fields {
    private Fields() {}

    public static boolean has(JsonObject from, String name) {
        return from.has(name) && !from.get(name).isJsonNull();
    }

    /** A field that must be there. */
    public static String text(JsonObject from, String name) {
        if (!has(from, name)) throw new IllegalArgumentException("the request lacks " + name);
        return from.get(name).getAsString();
    }

    public static String textOr(JsonObject from, String name, String otherwise) {
        return has(from, name) ? from.get(name).getAsString() : otherwise;
    }

    /** A size, an offset or a count. */
    public static long number(JsonObject from, String name) {
        if (!has(from, name)) throw new IllegalArgumentException("the request lacks " + name);
        return from.get(name).getAsLong();
    }

    public static int numberOr(JsonObject from, String name, int otherwise) {
        return has(from, name) ? from.get(name).getAsInt() : otherwise;
    }

    /** An object of texts, in its own order; empty when missing. */
    public static Map<String, String> texts(JsonObject from, String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (has(from, name)) from.getAsJsonObject(name).entrySet().forEach((entry) -> texts.put(entry.getKey(), entry.getValue().getAsString()));
        return texts;
    }

    /** A list of objects; empty when missing. */
    public static List<JsonObject> objects(JsonObject from, String name) {
        List<JsonObject> objects = new ArrayList<>();
        for (JsonElement element : array(from, name)) objects.add(element.getAsJsonObject());
        return objects;
    }

    /** The numbers 1..count in the order that the request asks for, ascending if it does not. */
    public static List<Integer> partOrder(JsonObject from, int count) {
        List<Integer> order = new ArrayList<>();
        for (JsonElement element : array(from, "order")) order.add(element.getAsInt());
        for (int number = 1; order.size() < count && !has(from, "order"); number += 1) order.add(number);
        return order;
    }

    /** A list as an answer has it. */
    public static JsonArray list(Iterable<String> texts) {
        JsonArray list = new JsonArray();
        texts.forEach(list::add);
        return list;
    }

    private static JsonArray array(JsonObject from, String name) {
        return has(from, name) ? from.getAsJsonArray(name) : new JsonArray();
    }
}
