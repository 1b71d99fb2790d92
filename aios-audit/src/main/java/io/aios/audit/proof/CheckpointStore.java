package io.aios.audit.proof;

import java.util.List;

/**
 * Keeps checkpoints where whoever can change the audit database cannot change them: another machine, an object store with
 * retention, a mailbox, paper. Without one, nothing holds a superuser.
 */
public interface CheckpointStore {
    /**
     * Keeps a signed checkpoint durably; never replaces one.
     *
     * @param checkpoint what the note says
     * @param note the signed note
     * @throws io.aios.audit.AuditException if another one of this size is kept already, or it could not be kept
     */
    void keep(Checkpoint checkpoint, String note);

    /** All notes kept, smallest size first. They are as trustworthy as their signatures: verify them. */
    List<String> notes();
}
