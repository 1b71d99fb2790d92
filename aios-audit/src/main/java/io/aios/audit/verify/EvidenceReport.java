package io.aios.audit.verify;

import io.aios.tenancy.OrgId;
import java.util.function.Function;

/** What an evidence file is worth. */
public sealed interface EvidenceReport {
    /**
     * Every entry shown is in the log that the pinned key signed.
     *
     * @param org the tenant
     * @param log its log
     * @param size entries of the log at the checkpoint
     * @param shown entries in the file
     * @param omitted entries of the log that the file does not show
     */
    record Proven(OrgId org, String log, long size, long shown, long omitted) implements EvidenceReport {}

    /**
     * The file proves nothing.
     *
     * @param line the first bad line, from 1
     * @param what what is wrong with it
     */
    record Refused(long line, String what) implements EvidenceReport {}

    /** Calls the function that fits and returns what it returns. */
    default <T> T fold(Function<? super Proven, ? extends T> onProven, Function<? super Refused, ? extends T> onRefused) {
        return this instanceof Proven proven ? onProven.apply(proven) : onRefused.apply((Refused) this);
    }
}
