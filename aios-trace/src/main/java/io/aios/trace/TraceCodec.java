package io.aios.trace;

/** Traces to bytes and back. */
public final class TraceCodec {
    private TraceCodec() {}

    /** The canonical JSON of a trace. Absent components, and empty step data and error messages, are left out. */
    public static byte[] write(DecisionTrace trace) {
        return TraceWriter.export(trace).toBytes();
    }

    /**
     * Reads a trace strictly.
     *
     * <p>Unknown and duplicate keys and wrong types are refused. What the original system defaults may be absent: step
     * ids and times, empty lists and objects, {@code error_message}. Hashes are not checked; see {@link TraceHashes}.
     *
     * @throws InvalidTraceException naming the path of what is wrong
     */
    public static DecisionTrace read(byte[] json) {
        return TraceReader.read(json).trace();
    }
}
