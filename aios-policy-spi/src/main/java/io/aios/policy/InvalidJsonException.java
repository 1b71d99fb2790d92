package io.aios.policy;

/** A value is not JSON-shaped, or not within the limits of {@link JsonValues}; {@link #path()} says where. */
public final class InvalidJsonException extends PolicyException {
    private static final long serialVersionUID = 1L;

    private final String path;

    /** Describes what is wrong at a JSON path such as {@code $.context.items[3]}. */
    public InvalidJsonException(String path, String problem) {
        super(path + ": " + problem);
        this.path = path;
    }

    /** JSON path of the offending value, starting at {@code $}. */
    public String path() {
        return path;
    }
}
