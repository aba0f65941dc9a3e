package interop;

/** The SDK has no such call, or no such master key. The message says why. */
public final class Unsupported extends Exception {
    private static final long serialVersionUID = 1L;

    public Unsupported(String why) {
        super(why);
    }
}
