package interop.v1;

import com.aliyun.oss.common.utils.VersionInfoUtils;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Loop;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Java SDK V1, `OSSEncryptionClient`, as a driver. What this SDK does otherwise than the others, seen here on Java 17 (the ranges
 * and the metadata in `Objects`, the uploads in `Uploads`, the keys in `Materials`):
 *
 * <ul>
 *   <li>a range that ends at byte 0 is refused, and an open end cannot be said at all;
 *   <li>a key description that no key of the reader has: the last key should be tried, but from Java 16 on the SDK may not look it up;
 *   <li>a description (or any header) with a character whose UTF-8 has a byte from 80 to 9F, most Chinese ones among them: the HTTP client
 *       beneath sends "?" for such bytes, so the signature does not fit: "OSSException: … [ErrorCode]: SignatureDoesNotMatch";
 *   <li>OAEP, KMS with an encryption context and oss2's double base64 are not there.
 * </ul>
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
        answer.addProperty("name", "java-v1");
        answer.addProperty("sdk", "com.aliyun.oss:aliyun-sdk-oss");
        answer.addProperty("version", VersionInfoUtils.getVersion());
        answer.addProperty("runtime", "java" + Runtime.version().feature());
        answer.add("ops", Fields.list(operations));
        answer.add("masters", Fields.list(List.of("rsa", "kms", "custom")));
        answer.add("signatures", Fields.list(List.of("v1", "v4")));
    }
}
