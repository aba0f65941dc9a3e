package interop.v2;

import com.aliyun.sdk.service.oss2.OSSClient;
import com.aliyun.sdk.service.oss2.models.AbortMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.CompleteMultipartUpload;
import com.aliyun.sdk.service.oss2.models.CompleteMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.InitiateMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.ListPartsRequest;
import com.aliyun.sdk.service.oss2.models.ListPartsResult;
import com.aliyun.sdk.service.oss2.models.Part;
import com.aliyun.sdk.service.oss2.models.UploadPartRequest;
import com.aliyun.sdk.service.oss2.transfermanager.Uploader;
import com.aliyun.sdk.service.oss2.transfermanager.UploaderOptions;
import com.aliyun.sdk.service.oss2.transport.BinaryData;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Loop;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Uploads in parts, of the plain client. */
final class Uploads {
    private Uploads() {}

    static void addTo(Map<String, Loop.Operation> operations, Clients clients) {
        operations.put("multipart", (request, answer) -> multipart(clients.of(request), request));
        operations.put("resumable", (request, answer) -> resumable(clients.of(request), request));
        operations.put("listParts", (request, answer) -> listParts(clients.of(request), request, answer));
        operations.put("initiate", (request, answer) -> answer.addProperty("uploadId", initiate(clients.of(request), request)));
        operations.put("abort", (request, answer) -> clients.of(request).abortMultipartUpload(abortRequest(request)));
    }

    /** By hand: initiate, the parts in the order asked for, complete. */
    private static void multipart(OSSClient client, JsonObject request) throws Exception {
        byte[] bytes = Files.readAllBytes(Objects.file(request));
        int partSize = Math.toIntExact(Fields.number(request, "partSize"));
        String uploadId = initiate(client, request);
        List<Part> parts = new ArrayList<>();
        for (int number : Fields.partOrder(request, (bytes.length + partSize - 1) / partSize)) {
            int offset = (number - 1) * partSize;
            byte[] part = Arrays.copyOfRange(bytes, offset, Math.min(bytes.length, offset + partSize));
            UploadPartRequest upload = UploadPartRequest.newBuilder()
                .bucket(Objects.bucket(request)).key(Fields.text(request, "key")).uploadId(uploadId)
                .partNumber((long) number).body(BinaryData.fromBytes(part)).build();
            parts.add(Part.newBuilder().partNumber((long) number).eTag(client.uploadPart(upload).eTag()).build());
        }
        parts.sort(Comparator.comparing(Part::partNumber));
        client.completeMultipartUpload(CompleteMultipartUploadRequest.newBuilder()
            .bucket(Objects.bucket(request)).key(Fields.text(request, "key")).uploadId(uploadId)
            .completeMultipartUpload(CompleteMultipartUpload.newBuilder().parts(parts).build()).build());
    }

    private static void resumable(OSSClient client, JsonObject request) throws Exception {
        UploaderOptions options = UploaderOptions.newBuilder()
            .partSize(Fields.number(request, "partSize"))
            .parallelNum(Fields.numberOr(request, "threads", 2))
            .build();
        new Uploader(client, options).uploadFile(Objects.putRequest(request).build(), Fields.text(request, "file"));
    }

    private static String initiate(OSSClient client, JsonObject request) {
        InitiateMultipartUploadRequest initiate = InitiateMultipartUploadRequest.newBuilder()
            .bucket(Objects.bucket(request)).key(Fields.text(request, "key")).build();
        return client.initiateMultipartUpload(initiate).initiateMultipartUpload().uploadId();
    }

    /** The SDK's result knows nothing of ClientEncryption* in the answer. */
    private static void listParts(OSSClient client, JsonObject request, JsonObject answer) {
        ListPartsRequest list = ListPartsRequest.newBuilder()
            .bucket(Objects.bucket(request)).key(Fields.text(request, "key")).uploadId(Fields.text(request, "uploadId")).build();
        JsonArray parts = new JsonArray();
        for (ListPartsResult page : client.listPartsPaginator(list)) {
            for (Part part : page.parts()) {
                JsonObject shown = new JsonObject();
                shown.addProperty("number", part.partNumber());
                shown.addProperty("size", part.size());
                shown.addProperty("etag", part.eTag().replace("\"", ""));
                parts.add(shown);
            }
        }
        answer.add("parts", parts);
        answer.add("envelope", JsonNull.INSTANCE);
    }

    private static AbortMultipartUploadRequest abortRequest(JsonObject request) {
        return AbortMultipartUploadRequest.newBuilder()
            .bucket(Objects.bucket(request)).key(Fields.text(request, "key")).uploadId(Fields.text(request, "uploadId")).build();
    }
}
