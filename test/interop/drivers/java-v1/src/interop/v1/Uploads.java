package interop.v1;

import com.aliyun.oss.OSSClient;
import com.aliyun.oss.OSSEncryptionClient;
import com.aliyun.oss.crypto.MultipartUploadCryptoContext;
import com.aliyun.oss.model.AbortMultipartUploadRequest;
import com.aliyun.oss.model.CompleteMultipartUploadRequest;
import com.aliyun.oss.model.InitiateMultipartUploadRequest;
import com.aliyun.oss.model.ListPartsRequest;
import com.aliyun.oss.model.PartETag;
import com.aliyun.oss.model.PartListing;
import com.aliyun.oss.model.PartSummary;
import com.aliyun.oss.model.UploadFileRequest;
import com.aliyun.oss.model.UploadPartRequest;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Loop;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Uploads in parts. The encrypting client takes a `MultipartUploadCryptoContext` (part size, data size) along; it sends the envelope
 * with the initiate request and nothing about encryption with the parts.
 */
final class Uploads {
    private Uploads() {}

    static void addTo(Map<String, Loop.Operation> operations, Clients clients) {
        operations.put("multipart", (request, answer) -> multipart(clients, request));
        operations.put("resumable", (request, answer) -> resumable(clients.of(request), request));
        operations.put("listParts", (request, answer) -> listParts(clients.of(request), request, answer));
        operations.put("initiate", (request, answer) -> initiate(clients, request, answer));
        operations.put("abort", (request, answer) -> clients.of(request).abortMultipartUpload(abortRequest(request)));
    }

    /** By hand: initiate, the parts in the order asked for, complete. */
    private static void multipart(Clients clients, JsonObject request) throws Exception {
        File file = Objects.file(request);
        long partSize = Fields.number(request, "partSize");
        long size = file.length();
        Upload upload = Upload.begin(clients, request, partSize, size);
        List<PartETag> parts = new ArrayList<>();
        for (int number : Fields.partOrder(request, (int) ((size + partSize - 1) / partSize))) {
            long offset = (number - 1) * partSize;
            parts.add(upload.part(file, number, offset, Math.min(partSize, size - offset)));
        }
        parts.sort(Comparator.comparing(PartETag::getPartNumber));
        upload.complete(parts);
    }

    /**
     * uploadFile with a checkpoint. Empty files cannot go up in parts, neither here nor by hand: the SDK leaves a data size of 0 out, and
     * OSS refuses the initiate ("OSSException: The header x-oss-meta-client-side-encryption-data-size is missing. [ErrorCode]:
     * InvalidEncryptionRequest"). A file of 10,000 parts or more is cut anew into 9,999 or so, but encrypted by the part size given:
     * such an object is damaged. No part size that OSS allows gets there below 1 GB.
     */
    private static void resumable(OSSClient client, JsonObject request) throws Throwable {
        UploadFileRequest upload = new UploadFileRequest(Objects.bucket(request), Fields.text(request, "key"));
        upload.setUploadFile(Fields.text(request, "file"));
        upload.setPartSize(Fields.number(request, "partSize"));
        upload.setTaskNum(Fields.numberOr(request, "threads", 2));
        upload.setEnableCheckpoint(true);
        client.uploadFile(upload);
    }

    private static void initiate(Clients clients, JsonObject request, JsonObject answer) throws Exception {
        long size = Fields.number(request, "dataSize");
        answer.addProperty("uploadId", Upload.begin(clients, request, Fields.number(request, "partSize"), size).id());
    }

    /** The SDK's parser knows nothing of ClientEncryption* in the answer. */
    private static void listParts(OSSClient client, JsonObject request, JsonObject answer) {
        ListPartsRequest list = new ListPartsRequest(Objects.bucket(request), Fields.text(request, "key"), Fields.text(request, "uploadId"));
        JsonArray parts = new JsonArray();
        PartListing page;
        do {
            page = client.listParts(list);
            for (PartSummary part : page.getParts()) parts.add(shown(part));
            list.setPartNumberMarker(page.getNextPartNumberMarker());
        } while (page.isTruncated());
        answer.add("parts", parts);
        answer.add("envelope", JsonNull.INSTANCE);
    }

    private static JsonObject shown(PartSummary part) {
        JsonObject shown = new JsonObject();
        shown.addProperty("number", part.getPartNumber());
        shown.addProperty("size", part.getSize());
        shown.addProperty("etag", part.getETag());
        return shown;
    }

    private static AbortMultipartUploadRequest abortRequest(JsonObject request) {
        return new AbortMultipartUploadRequest(Objects.bucket(request), Fields.text(request, "key"), Fields.text(request, "uploadId"));
    }

    /** An upload under way; `context` is null on the plain client. */
    private record Upload(OSSClient client, String bucket, String key, String id, MultipartUploadCryptoContext context) {
        static Upload begin(Clients clients, JsonObject request, long partSize, long dataSize) throws Exception {
            String bucket = Objects.bucket(request);
            String key = Fields.text(request, "key");
            InitiateMultipartUploadRequest initiate = new InitiateMultipartUploadRequest(bucket, key);
            if (!Fields.has(request, "master")) {
                OSSClient client = clients.of(request);
                return new Upload(client, bucket, key, client.initiateMultipartUpload(initiate).getUploadId(), null);
            }
            OSSEncryptionClient client = clients.encryptingOf(request);
            MultipartUploadCryptoContext context = new MultipartUploadCryptoContext();
            context.setPartSize(partSize);
            context.setDataSize(dataSize);
            return new Upload(client, bucket, key, client.initiateMultipartUpload(initiate, context).getUploadId(), context);
        }

        PartETag part(File file, int number, long offset, long size) throws IOException {
            try (InputStream in = new FileInputStream(file)) {
                in.skipNBytes(offset);
                UploadPartRequest part = new UploadPartRequest(bucket, key, id, number, in, size);
                if (client instanceof OSSEncryptionClient encrypting) return encrypting.uploadPart(part, context).getPartETag();
                return client.uploadPart(part).getPartETag();
            }
        }

        void complete(List<PartETag> parts) {
            CompleteMultipartUploadRequest complete = new CompleteMultipartUploadRequest(bucket, key, id, parts);
            if (client instanceof OSSEncryptionClient encrypting) encrypting.completeMultipartUpload(complete, context);
            else client.completeMultipartUpload(complete);
        }
    }
}
