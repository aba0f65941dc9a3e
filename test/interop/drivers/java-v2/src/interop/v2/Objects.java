package interop.v2;

import com.aliyun.sdk.service.oss2.OSSClient;
import com.aliyun.sdk.service.oss2.models.GetObjectMetaRequest;
import com.aliyun.sdk.service.oss2.models.GetObjectMetaResult;
import com.aliyun.sdk.service.oss2.models.GetObjectRequest;
import com.aliyun.sdk.service.oss2.models.GetObjectResult;
import com.aliyun.sdk.service.oss2.models.HeadObjectRequest;
import com.aliyun.sdk.service.oss2.models.PutObjectRequest;
import com.aliyun.sdk.service.oss2.transfermanager.Downloader;
import com.aliyun.sdk.service.oss2.transfermanager.DownloaderOptions;
import com.aliyun.sdk.service.oss2.transport.BinaryData;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Loop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;

/** Whole objects: put, get, range, download, head, meta. */
final class Objects {
    private Objects() {}

    static void addTo(Map<String, Loop.Operation> operations, Clients clients) {
        operations.put("put", (request, answer) -> put(clients.of(request), request));
        operations.put("get", (request, answer) -> get(clients.of(request), request, getRequest(request)));
        operations.put("range", (request, answer) -> range(clients.of(request), request));
        operations.put("download", (request, answer) -> download(clients.of(request), request));
        operations.put("head", (request, answer) -> head(clients.of(request), request, answer));
        operations.put("meta", (request, answer) -> meta(clients.of(request), request, answer));
    }

    private static void put(OSSClient client, JsonObject request) throws Exception {
        byte[] bytes = Files.readAllBytes(file(request));
        client.putObject(putRequest(request).body(BinaryData.fromBytes(bytes)).build());
    }

    /** Without a body: the uploader takes the file by itself. */
    static PutObjectRequest.Builder putRequest(JsonObject request) {
        PutObjectRequest.Builder put = PutObjectRequest.newBuilder().bucket(bucket(request)).key(Fields.text(request, "key"));
        Fields.texts(request, "headers").forEach(put::header);
        return put;
    }

    private static void get(OSSClient client, JsonObject request, GetObjectRequest.Builder get) throws Exception {
        try (GetObjectResult result = client.getObject(get.build())) {
            Files.copy(result.body(), file(request), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void range(OSSClient client, JsonObject request) throws Exception {
        long offset = Fields.number(request, "offset");
        long end = offset + Fields.number(request, "length") - 1;
        get(client, request, getRequest(request).range("bytes=" + offset + "-" + end));
    }

    private static void download(OSSClient client, JsonObject request) throws Exception {
        DownloaderOptions options = DownloaderOptions.newBuilder()
            .partSize(Fields.number(request, "partSize"))
            .parallelNum(Fields.numberOr(request, "threads", 2))
            .build();
        new Downloader(client, options).downloadFile(getRequest(request).build(), Fields.text(request, "file"));
    }

    private static void head(OSSClient client, JsonObject request, JsonObject answer) {
        HeadObjectRequest head = HeadObjectRequest.newBuilder().bucket(bucket(request)).key(Fields.text(request, "key")).build();
        JsonObject headers = new JsonObject();
        client.headObject(head).headers().forEach((name, value) -> headers.addProperty(name.toLowerCase(Locale.ROOT), value));
        answer.add("headers", headers);
    }

    private static void meta(OSSClient client, JsonObject request, JsonObject answer) {
        GetObjectMetaRequest get = GetObjectMetaRequest.newBuilder().bucket(bucket(request)).key(Fields.text(request, "key")).build();
        GetObjectMetaResult meta = client.getObjectMeta(get);
        answer.addProperty("size", meta.contentLength());
        answer.addProperty("etag", meta.eTag().replace("\"", ""));
    }

    private static GetObjectRequest.Builder getRequest(JsonObject request) {
        return GetObjectRequest.newBuilder().bucket(bucket(request)).key(Fields.text(request, "key"));
    }

    static String bucket(JsonObject request) {
        return Fields.text(request.getAsJsonObject("at"), "bucket");
    }

    static Path file(JsonObject request) {
        return Path.of(Fields.text(request, "file"));
    }
}
