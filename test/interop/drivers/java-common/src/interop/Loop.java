package interop;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The driver protocol: one JSON object a line on stdin, one answer a line on stdout, until stdin ends. */
public final class Loop {
    private static final int LONGEST_MESSAGE = 300;
    private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private Loop() {}

    /** Does one request and puts what it found into the answer. Whatever it throws becomes the answer's error. */
    public interface Operation {
        void run(JsonObject request, JsonObject answer) throws Throwable;
    }

    /** Serves until stdin ends. Everything else that is printed, by an SDK say, goes to stderr. */
    public static void serve(Map<String, Operation> operations) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            if (!line.isBlank()) answers.println(GSON.toJson(answer(operations, GSON.fromJson(line, JsonObject.class))));
        }
    }

    private static JsonObject answer(Map<String, Operation> operations, JsonObject request) {
        JsonObject answer = new JsonObject();
        answer.add("id", request.get("id"));
        answer.addProperty("ok", true);
        try {
            Operation operation = operations.get(Fields.text(request, "op"));
            if (operation == null) throw new Unsupported("this driver has no operation " + Fields.text(request, "op"));
            operation.run(request, answer);
            return answer;
        } catch (Throwable failure) {
            return failed(request, failure);
        }
    }

    private static JsonObject failed(JsonObject request, Throwable failure) {
        boolean unsupported = failure instanceof Unsupported;
        JsonObject answer = new JsonObject();
        answer.add("id", request.get("id"));
        answer.addProperty("ok", false);
        if (unsupported) answer.addProperty("unsupported", true);
        answer.addProperty("error", unsupported ? failure.getMessage() : described(failure));
        return answer;
    }

    /** "Class: message", and behind it the causes: the SDKs like to wrap what happened into an exception that says nothing. */
    private static String described(Throwable failure) {
        List<String> chain = new ArrayList<>();
        for (Throwable one = failure; one != null; one = one.getCause()) {
            String message = String.valueOf(one.getMessage()).replaceAll("\\s+", " ").strip();
            chain.add(one.getClass().getSimpleName() + ": " + message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)));
        }
        return String.join(" <- ", chain);
    }
}
