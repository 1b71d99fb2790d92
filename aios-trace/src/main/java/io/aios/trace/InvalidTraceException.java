package io.aios.trace;

/** A trace that breaks its format, or whose hashes do not fit its content. */
public final class InvalidTraceException extends TraceException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String reason;

    /**
     * @param path where, as a JSON path such as {@code $.risk.score}
     * @param reason what is wrong there and what was expected
     */
    public InvalidTraceException(String path, String reason) {
        super(path + ": " + reason);
        this.path = path;
        this.reason = reason;
    }

    /** The same refusal where the offending component really stands. */
    InvalidTraceException under(String parent) {
        int dot = path.lastIndexOf('.');
        return new InvalidTraceException(dot < 0 ? parent : parent + path.substring(dot), reason);
    }

    /** Where, as a JSON path. */
    public String path() {
        return path;
    }
}
