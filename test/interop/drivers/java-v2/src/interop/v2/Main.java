package interop.v2;

import com.aliyun.sdk.service.oss2.utils.VersionInfoUtils;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Loop;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Java SDK V2 as a driver. The newest version that is published, 0.4.0, has no encryption client yet: the package `encryption` holds
 * key materials and empty interfaces, and no class that uses them. So this driver has the plain client only: what it says of objects and
 * uploads of others, and what it writes for a reader that meets an object without envelope.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        try (Clients clients = new Clients()) {
            Map<String, Loop.Operation> operations = new LinkedHashMap<>();
            Objects.addTo(operations, clients);
            Uploads.addTo(operations, clients);
            operations.put("hello", (request, answer) -> hello(answer, List.copyOf(operations.keySet())));
            Loop.serve(operations);
        }
    }

    private static void hello(JsonObject answer, List<String> operations) {
        answer.addProperty("name", "java-v2");
        answer.addProperty("sdk", "com.aliyun:alibabacloud-oss-v2");
        answer.addProperty("version", VersionInfoUtils.getVersion());
        answer.addProperty("runtime", "java" + Runtime.version().feature());
        answer.add("ops", Fields.list(operations));
        answer.add("masters", Fields.list(List.of()));
        answer.add("signatures", Fields.list(List.of("v1", "v4")));
    }
}
