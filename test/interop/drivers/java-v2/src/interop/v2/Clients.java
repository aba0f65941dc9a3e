package interop.v2;

import com.aliyun.sdk.service.oss2.OSSClient;
import com.aliyun.sdk.service.oss2.credentials.StaticCredentialsProvider;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Unsupported;
import java.util.HashMap;
import java.util.Map;

/** One SDK client for each account, kept until the driver ends. */
final class Clients implements AutoCloseable {
    private final Map<JsonObject, OSSClient> clients = new HashMap<>();

    OSSClient of(JsonObject request) throws Unsupported {
        if (Fields.has(request, "master")) throw new Unsupported("alibabacloud-oss-v2 0.4.0 has no encryption client");
        return clients.computeIfAbsent(request.getAsJsonObject("at"), Clients::make);
    }

    @Override
    public void close() throws java.io.IOException {
        for (OSSClient client : clients.values()) {
            try {
                client.close();
            } catch (Exception e) {
                throw new java.io.IOException(e);
            }
        }
    }

    private static OSSClient make(JsonObject at) {
        return OSSClient.newBuilder()
            .credentialsProvider(new StaticCredentialsProvider(Fields.text(at, "accessKeyId"), Fields.text(at, "accessKeySecret")))
            .region(Fields.text(at, "region"))
            .endpoint(Fields.text(at, "endpoint"))
            .usePathStyle(true)
            .signatureVersion(Fields.text(at, "signature"))
            .build();
    }
}
