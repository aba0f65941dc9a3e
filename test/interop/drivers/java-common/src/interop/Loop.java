package interop;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The driver protocol: one JSON object a line on stdin, one answer a line on stdout, until stdin ends. */
public final class Loop {
    private static final int LONGEST_ERROR = 600;
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
        String message = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ").strip();
        JsonObject answer = new JsonObject();
        answer.add("id", request.get("id"));
        answer.addProperty("ok", false);
        if (failure instanceof Unsupported) {
            answer.addProperty("unsupported", true);
            answer.addProperty("error", message);
        } else {
            String whole = failure.getClass().getSimpleName() + ": " + message;
            answer.addProperty("error", whole.substring(0, Math.min(whole.length(), LONGEST_ERROR)));
        }
        return answer;
    }
}
