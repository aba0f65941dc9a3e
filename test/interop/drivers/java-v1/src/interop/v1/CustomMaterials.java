package interop.v1;

import com.aliyun.oss.ClientException;
import com.aliyun.oss.crypto.ContentCryptoMaterialRW;
import com.aliyun.oss.crypto.EncryptionMaterials;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.SecretCipher;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;

/**
 * The user's own master keys: the first wraps; to unwrap, the one that has the object's description, else the first. Nothing detects a
 * wrong secret: the wrapping has no check, so the object decrypts to noise. The SDK wraps whatever is thrown here while reading into a
 * "ClientException: null".
 */
final class CustomMaterials implements EncryptionMaterials {
    private final List<Key> keys;

    CustomMaterials(List<Key> keys) {
        this.keys = keys;
    }

    record Key(String wrapAlgorithm, SecretCipher cipher, Map<String, String> description) {
        static Key of(JsonObject master) {
            SecretCipher cipher = SecretCipher.ofHex(Fields.text(master, "secret"));
            return new Key(Fields.text(master, "wrapAlgorithm"), cipher, Fields.texts(master, "description"));
        }
    }

    @Override
    public void encryptCEK(ContentCryptoMaterialRW material) {
        Key key = keys.get(0);
        try {
            material.setEncryptedCEK(key.cipher().wrap(material.getCEK().getEncoded()));
            material.setEncryptedIV(key.cipher().wrap(material.getIV()));
        } catch (GeneralSecurityException e) {
            throw new ClientException("cannot wrap", e);
        }
        material.setKeyWrapAlgorithm(key.wrapAlgorithm());
        material.setMaterialsDescription(key.description());
    }

    @Override
    public void decryptCEK(ContentCryptoMaterialRW material) {
        Map<String, String> description = material.getMaterialsDescription();
        Key key = keys.stream().filter((one) -> one.description().equals(description)).findFirst().orElse(keys.get(0));
        if (!key.wrapAlgorithm().equals(material.getKeyWrapAlgorithm())) {
            throw new ClientException("not a wrap algorithm of this key: " + material.getKeyWrapAlgorithm());
        }
        try {
            material.setCEK(new SecretKeySpec(key.cipher().unwrap(material.getEncryptedCEK()), "AES"));
            material.setIV(key.cipher().unwrap(material.getEncryptedIV()));
        } catch (GeneralSecurityException e) {
            throw new ClientException("cannot unwrap", e);
        }
    }
}
