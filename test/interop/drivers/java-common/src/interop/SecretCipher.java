package interop;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The custom master key of the protocol: a fresh 16-byte nonce, then AES-256-CTR under the secret with the nonce as first counter block. */
public final class SecretCipher {
    private static final int NONCE_LENGTH = 16;
    private final SecretKeySpec secret;

    private SecretCipher(SecretKeySpec secret) {
        this.secret = secret;
    }

    /** @param hex 64 hexadecimal digits */
    public static SecretCipher ofHex(String hex) {
        return new SecretCipher(new SecretKeySpec(HexFormat.of().parseHex(hex), "AES"));
    }

    public byte[] wrap(byte[] plain) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE_LENGTH];
        new SecureRandom().nextBytes(nonce);
        byte[] wrapped = Arrays.copyOf(nonce, NONCE_LENGTH + plain.length);
        System.arraycopy(counterMode(nonce, plain), 0, wrapped, NONCE_LENGTH, plain.length);
        return wrapped;
    }

    public byte[] unwrap(byte[] wrapped) throws GeneralSecurityException {
        if (wrapped.length <= NONCE_LENGTH) throw new GeneralSecurityException("too short to be wrapped: " + wrapped.length + " bytes");
        return counterMode(Arrays.copyOf(wrapped, NONCE_LENGTH), Arrays.copyOfRange(wrapped, NONCE_LENGTH, wrapped.length));
    }

    private byte[] counterMode(byte[] nonce, byte[] bytes) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, secret, new IvParameterSpec(nonce));
        return cipher.doFinal(bytes);
    }
}
