package io.aios.trace;

import io.aios.trace.json.CanonicalWriter;
import io.aios.trace.json.StrictReader;

/**
 * A trace that was read, and what its reader knows of its bytes.
 *
 * @param trace the record
 * @param source the reader, at the end of the bytes
 */
record StoredTrace(DecisionTrace trace, StrictReader source) {
    /**
     * The pre-image of the decision hash: cut out of the bytes if they are known to be canonical, else written.
     *
     * <p>Both ways give the same bytes; {@code StoredTraceProperties} compares them.
     */
    CanonicalWriter decision() {
        CanonicalWriter out = new CanonicalWriter(4096).raw(TraceWriter.DECISION_HEAD);
        return source.copyTo(out) ? out.raw('}') : TraceWriter.decision(trace);
    }
}
