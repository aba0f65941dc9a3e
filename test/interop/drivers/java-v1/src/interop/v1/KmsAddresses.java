package interop.v1;

import com.aliyuncs.profile.DefaultProfile;
import com.google.gson.JsonObject;
import interop.Fields;
import interop.Trust;
import interop.Unsupported;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where KMS is. `KmsEncryptionMaterials` asks the core SDK for a client of a region and calls it over HTTPS, always;
 * `DefaultProfile.addEndpoint` is the documented way to another address than kms.REGION.aliyuncs.com. It holds for the whole process and
 * knows one address a region, so it is said anew for each request.
 */
final class KmsAddresses {
    private KmsAddresses() {}

    static void use(JsonObject request) throws Exception {
        Map<String, String> addresses = new HashMap<>();
        for (JsonObject kms : kmsKeys(request)) {
            Trust.authorityOf(kms);
            // Host and port: the core SDK puts the scheme before it and takes the port along.
            String host = URI.create(Fields.text(kms, "httpsEndpoint")).getAuthority();
            String known = addresses.putIfAbsent(Fields.text(kms, "region"), host);
            if (known != null && !known.equals(host)) throw new Unsupported("the core SDK knows one KMS address for a region");
        }
        addresses.forEach((region, host) -> DefaultProfile.addEndpoint(region, "Kms", host));
    }

    private static List<JsonObject> kmsKeys(JsonObject request) {
        List<JsonObject> keys = new ArrayList<>();
        if (Fields.has(request, "master")) keys.add(request.getAsJsonObject("master"));
        keys.addAll(Fields.objects(request, "others"));
        keys.removeIf((key) -> !Fields.text(key, "kind").equals("kms"));
        return keys;
    }
}
