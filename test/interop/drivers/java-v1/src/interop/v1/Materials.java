package interop.v1;

import com.aliyun.oss.common.auth.CredentialsProvider;
import com.aliyun.oss.crypto.EncryptionMaterials;
import com.aliyun.oss.crypto.KmsEncryptionMaterials;
import com.aliyun.oss.crypto.SimpleRSAEncryptionMaterials;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Unsupported;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Master keys as this SDK has them: one `EncryptionMaterials` object of one kind for all the keys of a client.
 *
 * <p>On reading, the description in the object is looked up among the keys' descriptions; an object without a description matches a
 * key without. When none matches, the SDK wants the key that was added last and reaches for it in a private field of LinkedHashMap,
 * which Java 16 and later refuse: "ClientException: Unable to decrypt the secured content key and iv. Unable to make field transient
 * java.util.LinkedHashMap$Entry java.util.LinkedHashMap.tail accessible: module java.base does not "opens java.util" to unnamed
 * module …" (with --add-opens java.base/java.util=ALL-UNNAMED it would try that key). This driver runs Java as it comes.
 */
final class Materials {
    private Materials() {}

    /** Keys for a client, and what is left to do to them once they are in it. */
    record Made(EncryptionMaterials materials, Runnable afterTheClientIsMade) {}

    static Made of(JsonObject request) throws Unsupported {
        JsonObject master = request.getAsJsonObject("master");
        List<JsonObject> others = Fields.objects(request, "others");
        String kind = Fields.text(master, "kind");
        for (JsonObject other : others) {
            if (!Fields.text(other, "kind").equals(kind)) throw new Unsupported("one EncryptionMaterials object holds keys of one kind");
        }
        return switch (kind) {
            case "rsa" -> new Made(rsa(master, others), () -> {});
            case "kms" -> kms(master, others);
            case "custom" -> new Made(custom(master, others), () -> {});
            default -> throw new Unsupported("no master key of kind " + kind);
        };
    }

    /** The constructor with a description must not be given null: it would file the key under null, where no object's description finds it. */
    private static EncryptionMaterials rsa(JsonObject master, List<JsonObject> others) throws Unsupported {
        Map<String, String> description = Fields.texts(master, "description");
        SimpleRSAEncryptionMaterials materials = description.isEmpty()
            ? new SimpleRSAEncryptionMaterials(keyPair(master))
            : new SimpleRSAEncryptionMaterials(keyPair(master), description);
        for (JsonObject other : others) materials.addKeyPairDescMaterial(keyPair(other), Fields.texts(other, "description"));
        return materials;
    }

    /** The SDK's helpers go by the name of the function called, not by the PEM's label. */
    private static KeyPair keyPair(JsonObject rsa) throws Unsupported {
        if (!Fields.textOr(rsa, "padding", "pkcs1").equals("pkcs1")) throw new Unsupported("SimpleRSAEncryptionMaterials wraps with PKCS#1 v1.5 only");
        if (Fields.has(rsa, "files")) throw new Unsupported("key files of a folder are oss2's own");
        String pem = Fields.textOr(rsa, "privatePem", "");
        PrivateKey key = null;
        if (!pem.isEmpty()) {
            boolean pkcs1 = pem.contains("BEGIN RSA PRIVATE KEY");
            key = pkcs1 ? SimpleRSAEncryptionMaterials.getPrivateKeyFromPemPKCS1(pem) : SimpleRSAEncryptionMaterials.getPrivateKeyFromPemPKCS8(pem);
        }
        String publicPem = Fields.textOr(rsa, "publicPem", "");
        return new KeyPair(publicPem.isEmpty() ? null : SimpleRSAEncryptionMaterials.getPublicKeyFromPemX509(publicPem), key);
    }

    /**
     * A CMK in a region. Decrypt needs no CMK: the description selects the region and the account only.
     *
     * <p>The client's constructor hands the account of OSS to the materials. The account that they have before serves to decrypt (it is
     * found first under the description), the one that they get last serves to encrypt: so it is set on both sides of the constructor.
     */
    private static Made kms(JsonObject master, List<JsonObject> others) throws Unsupported {
        Map<String, String> description = Fields.texts(master, "description");
        KmsEncryptionMaterials materials = new KmsEncryptionMaterials(Fields.text(master, "region"), Fields.text(master, "cmkId"), description);
        CredentialsProvider account = kmsAccount(master);
        materials.setKmsCredentialsProvider(account);
        for (JsonObject other : others) {
            materials.addKmsDescMaterial(Fields.text(other, "region"), kmsAccount(other), Fields.texts(other, "description"));
        }
        return new Made(materials, () -> materials.setKmsCredentialsProvider(account));
    }

    private static CredentialsProvider kmsAccount(JsonObject kms) throws Unsupported {
        if (Fields.has(kms, "passphrase")) throw new Unsupported("KmsEncryptionMaterials sends no encryption context");
        return Clients.account(kms);
    }

    private static EncryptionMaterials custom(JsonObject master, List<JsonObject> others) {
        List<CustomMaterials.Key> keys = new ArrayList<>();
        keys.add(CustomMaterials.Key.of(master));
        for (JsonObject other : others) keys.add(CustomMaterials.Key.of(other));
        return new CustomMaterials(keys);
    }
}
