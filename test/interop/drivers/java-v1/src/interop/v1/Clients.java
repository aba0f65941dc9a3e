package interop.v1;

import com.aliyun.oss.ClientBuilderConfiguration;
import com.aliyun.oss.OSSClient;
import com.aliyun.oss.OSSClientBuilder;
import com.aliyun.oss.OSSEncryptionClient;
import com.aliyun.oss.OSSEncryptionClientBuilder;
import com.aliyun.oss.common.auth.CredentialsProvider;
import com.aliyun.oss.common.auth.DefaultCredentialProvider;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.crypto.CryptoConfiguration;
import com.aliyun.oss.crypto.EncryptionMaterials;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Unsupported;
import java.util.HashMap;
import java.util.Map;

/** One SDK client for each account and set of keys, kept until the driver ends. */
final class Clients implements AutoCloseable {
    private final Map<String, OSSClient> clients = new HashMap<>();

    /** The client of a request: the plain one where there is no master key. */
    OSSClient of(JsonObject request) throws Exception {
        KmsAddresses.use(request);
        String identity = request.get("at") + "\n" + request.get("master") + "\n" + request.get("others");
        OSSClient known = clients.get(identity);
        if (known != null) return known;
        OSSClient made = make(request);
        clients.put(identity, made);
        return made;
    }

    /** The encrypting client; its multipart calls are overloads that the plain client has not. */
    OSSEncryptionClient encryptingOf(JsonObject request) throws Exception {
        if (of(request) instanceof OSSEncryptionClient client) return client;
        throw new Unsupported("an encryption client needs a master key");
    }

    @Override
    public void close() {
        clients.values().forEach(OSSClient::shutdown);
    }

    private static OSSClient make(JsonObject request) throws Exception {
        JsonObject at = request.getAsJsonObject("at");
        String endpoint = Fields.text(at, "endpoint");
        CredentialsProvider account = account(at);
        OSSClient client = Fields.has(request, "master")
            ? encrypting(endpoint, account, request, configuration(at))
            : (OSSClient) new OSSClientBuilder().build(endpoint, account, configuration(at));
        client.setRegion(Fields.text(at, "region"));
        return client;
    }

    /** The client's constructor gives KMS materials the account of OSS; they get their own back afterwards. */
    private static OSSClient encrypting(String endpoint, CredentialsProvider account, JsonObject request, ClientBuilderConfiguration configuration)
            throws Exception {
        Materials.Made made = Materials.of(request);
        EncryptionMaterials materials = made.materials();
        OSSClient client = new OSSEncryptionClientBuilder().build(endpoint, account, materials, configuration, new CryptoConfiguration());
        made.afterTheClientIsMade().run();
        return client;
    }

    static CredentialsProvider account(JsonObject keys) {
        return new DefaultCredentialProvider(Fields.text(keys, "accessKeyId"), Fields.text(keys, "accessKeySecret"));
    }

    /** An endpoint that is an IP address has no room for the bucket in front: "second-level domain" is the SDK's word for the path style. */
    private static ClientBuilderConfiguration configuration(JsonObject at) {
        ClientBuilderConfiguration configuration = new ClientBuilderConfiguration();
        configuration.setSLDEnabled(true);
        configuration.setSignatureVersion(Fields.text(at, "signature").equals("v4") ? SignVersion.V4 : SignVersion.V1);
        return configuration;
    }
}
