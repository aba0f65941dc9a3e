package interop;

import com.google.gson.JsonObject;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** Makes the JVM trust the runner's throw-away authority, for SDKs that talk to KMS over HTTPS only. */
public final class Trust {
    private static final String STORE = "javax.net.ssl.trustStore";

    private Trust() {}

    /** Once, before the first TLS connection; does nothing when the JVM was started with a trust store already. */
    public static synchronized void authorityOf(JsonObject master) throws Exception {
        if (System.getProperty(STORE) != null || !Fields.has(master, "ca")) return;
        String password = "changeit";
        Path file = Files.createTempFile("interop-trust", ".p12");
        file.toFile().deleteOnExit();
        try (OutputStream out = Files.newOutputStream(file)) {
            storeOf(Path.of(Fields.text(master, "ca"))).store(out, password.toCharArray());
        }
        System.setProperty(STORE, file.toString());
        System.setProperty(STORE + "Type", "PKCS12");
        System.setProperty(STORE + "Password", password);
    }

    private static KeyStore storeOf(Path pem) throws GeneralSecurityException, java.io.IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            int count = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, certificate);
            }
        }
        return store;
    }
}
