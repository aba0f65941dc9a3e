package interop.v1;

import com.aliyun.oss.OSSClient;
import com.aliyun.oss.common.utils.DateUtil;
import com.aliyun.oss.model.DownloadFileRequest;
import com.aliyun.oss.model.GenericRequest;
import com.aliyun.oss.model.GetObjectRequest;
import com.aliyun.oss.model.OSSObject;
import com.aliyun.oss.model.ObjectMetadata;
import com.aliyun.oss.model.PutObjectRequest;
import com.aliyun.oss.model.SimplifiedObjectMeta;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Loop;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Date;
import java.util.Locale;
import java.util.Map;

/** Whole objects: put, get, range, download, head, meta. */
final class Objects {
    private static final String META = "x-oss-meta-";

    private Objects() {}

    static void addTo(Map<String, Loop.Operation> operations, Clients clients) {
        operations.put("put", (request, answer) -> put(clients.of(request), request));
        operations.put("get", (request, answer) -> clients.of(request).getObject(getRequest(request), file(request)));
        operations.put("range", (request, answer) -> range(clients.of(request), request));
        operations.put("download", (request, answer) -> download(clients.of(request), request));
        operations.put("head", (request, answer) -> head(clients.of(request), request, answer));
        operations.put("meta", (request, answer) -> meta(clients.of(request), request, answer));
    }

    /**
     * A file through PutObject. The encrypting client replaces the caller's Content-Type by what the name of the local file suggests
     * (application/octet-stream where it says nothing), and moves a Content-MD5 to x-oss-meta-client-side-encryption-unencrypted-content-md5.
     */
    private static void put(OSSClient client, JsonObject request) {
        PutObjectRequest put = new PutObjectRequest(bucket(request), Fields.text(request, "key"), file(request));
        put.setMetadata(metadata(Fields.texts(request, "headers")));
        client.putObject(put);
    }

    /** Header names as on the wire; user metadata without its prefix, which the SDK adds. */
    static ObjectMetadata metadata(Map<String, String> headers) {
        ObjectMetadata metadata = new ObjectMetadata();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(META)) metadata.addUserMetadata(lower.substring(META.length()), value);
            else metadata.setHeader(canonical(lower), value);
        });
        return metadata;
    }

    /** content-md5 to Content-MD5: the SDK looks its own headers up by their usual spelling. */
    private static String canonical(String lower) {
        return switch (lower) {
            case "content-md5" -> "Content-MD5";
            case "content-type" -> "Content-Type";
            case "content-length" -> "Content-Length";
            case "cache-control" -> "Cache-Control";
            case "content-disposition" -> "Content-Disposition";
            case "content-encoding" -> "Content-Encoding";
            default -> lower;
        };
    }

    /**
     * The encrypting client refuses a range that ends at byte 0, "ClientException: Your input get-range is illegal. + range:0~0", and
     * open ranges likewise (their other end is -1), which this operation never asks for. Read as a stream: where the plain client writes
     * a range to a file, it compares the checksum of the range with that of the whole object and throws InconsistentException.
     */
    private static void range(OSSClient client, JsonObject request) throws IOException {
        long offset = Fields.number(request, "offset");
        GetObjectRequest get = getRequest(request);
        get.setRange(offset, offset + Fields.number(request, "length") - 1);
        try (OSSObject object = client.getObject(get)) {
            Files.copy(object.getObjectContent(), file(request).toPath(), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Resumable download with a checkpoint file beside the target. Of an encrypted object, parts must be a multiple of 16. */
    private static void download(OSSClient client, JsonObject request) throws Throwable {
        DownloadFileRequest download = new DownloadFileRequest(bucket(request), Fields.text(request, "key"));
        download.setDownloadFile(Fields.text(request, "file"));
        download.setPartSize(Fields.number(request, "partSize"));
        download.setTaskNum(Fields.numberOr(request, "threads", 2));
        download.setEnableCheckpoint(true);
        client.downloadFile(download);
    }

    private static void head(OSSClient client, JsonObject request, JsonObject answer) {
        ObjectMetadata metadata = client.getObjectMetadata(new GenericRequest(bucket(request), Fields.text(request, "key")));
        JsonObject headers = new JsonObject();
        metadata.getRawMetadata().forEach((name, value) -> headers.addProperty(name.toLowerCase(Locale.ROOT), shown(value)));
        metadata.getUserMetadata().forEach((name, value) -> headers.addProperty(META + name.toLowerCase(Locale.ROOT), value));
        answer.add("headers", headers);
    }

    private static String shown(Object value) {
        return value instanceof Date date ? DateUtil.formatRfc822Date(date) : String.valueOf(value);
    }

    private static void meta(OSSClient client, JsonObject request, JsonObject answer) {
        SimplifiedObjectMeta meta = client.getSimplifiedObjectMeta(bucket(request), Fields.text(request, "key"));
        answer.addProperty("size", meta.getSize());
        answer.addProperty("etag", meta.getETag());
    }

    private static GetObjectRequest getRequest(JsonObject request) {
        return new GetObjectRequest(bucket(request), Fields.text(request, "key"));
    }

    static String bucket(JsonObject request) {
        return Fields.text(request.getAsJsonObject("at"), "bucket");
    }

    static File file(JsonObject request) {
        return new File(Fields.text(request, "file"));
    }
}
