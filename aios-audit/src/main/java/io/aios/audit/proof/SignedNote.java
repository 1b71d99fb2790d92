package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A text with signatures under it, in the form of {@code c2sp.org/signed-note}. Reading one says nothing about who wrote
 * it: {@link #verify} does.
 *
 * @param text the signed text, which ends with a newline
 * @param signatures the signature lines, known or not
 */
public record SignedNote(String text, List<Line> signatures) {
    private static final int MAX_BYTES = 1_000_000;
    private static final int MAX_SIGNATURES = 100;
    private static final String PREFIX = "\u2014 ";

    /**
     * A signature line.
     *
     * @param name the key's name
     * @param keyId the first 4 bytes of the key's hash
     * @param signature the rest, standard base64
     */
    public record Line(String name, int keyId, String signature) {
        byte[] signatureBytes() {
            return Base64.getDecoder().decode(signature);
        }
    }

    /** Copies. */
    public SignedNote {
        signatures = List.copyOf(signatures);
    }

    /** Signs a text, which must end with a newline and contain no other control characters. */
    public static SignedNote sign(String text, NoteSigner signer) {
        checkText(text);
        Line line = new Line(
                signer.key().name(),
                signer.key().keyId(),
                Base64.getEncoder().encodeToString(signer.sign(text.getBytes(UTF_8))));
        return new SignedNote(text, List.of(line));
    }

    /**
     * Reads a note without verifying it.
     *
     * @throws AuditException if it is not one
     */
    public static SignedNote parse(String note) {
        if (note.length() > MAX_BYTES || !UTF_8.newEncoder().canEncode(note)) {
            throw bad("it is longer than " + MAX_BYTES + " characters or not Unicode");
        }
        int split = note.lastIndexOf("\n\n");
        if (split < 0 || !note.endsWith("\n") || split + 2 >= note.length()) {
            throw bad("it has no signatures");
        }
        String text = note.substring(0, split + 1);
        checkText(text);
        String[] lines = note.substring(split + 2, note.length() - 1).split("\n", -1);
        if (lines.length > MAX_SIGNATURES) {
            throw bad("it has more than " + MAX_SIGNATURES + " signatures");
        }
        List<Line> signatures = new ArrayList<>();
        for (String line : lines) {
            signatures.add(line(line));
        }
        return new SignedNote(text, signatures);
    }

    /** Reads a note from UTF-8 bytes; bytes that are not UTF-8 are refused. */
    public static SignedNote parse(byte[] utf8) {
        try {
            return parse(UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
        } catch (CharacterCodingException e) {
            throw bad("it is not UTF-8");
        }
    }

    private static Line line(String line) {
        int space = line.indexOf(' ', PREFIX.length());
        if (!line.startsWith(PREFIX) || space < 0) {
            throw bad("a signature line has not the form '\u2014 name base64'");
        }
        String name = line.substring(PREFIX.length(), space);
        NoteKey.checkName(name);
        byte[] value;
        try {
            value = Base64.getDecoder().decode(line.substring(space + 1));
        } catch (IllegalArgumentException e) {
            throw bad("a signature is not base64");
        }
        if (value.length < 5 || !Base64.getEncoder().encodeToString(value).equals(line.substring(space + 1))) {
            throw bad("a signature is too short or its base64 has other spellings");
        }
        return new Line(
                name,
                ByteBuffer.wrap(value).getInt(),
                Base64.getEncoder().encodeToString(Arrays.copyOfRange(value, 4, value.length)));
    }

    private static void checkText(String text) {
        if (!text.endsWith("\n")) {
            throw bad("the text does not end with a newline");
        }
        if (text.chars().anyMatch(c -> (c < 0x20 && c != '\n') || c == 0x7f)) {
            throw bad("the text has control characters");
        }
    }

    private static AuditException bad(String why) {
        return new AuditException("not a signed note: " + why);
    }

    /**
     * The text, if one of the pinned keys signed it. Lines of unknown keys are ignored; a line that names a pinned key
     * and does not verify rejects the whole note, however many good ones stand beside it.
     *
     * @throws AuditException if no pinned key signed, or one did so wrongly
     */
    public String verify(List<NoteKey> pinned) {
        byte[] bytes = text.getBytes(UTF_8);
        boolean good = false;
        for (Line line : signatures) {
            for (NoteKey key : pinned) {
                if (key.name().equals(line.name()) && key.keyId() == line.keyId()) {
                    if (!key.verifies(bytes, line.signatureBytes())) {
                        throw new AuditException("the signature of pinned key " + key.name() + " does not verify");
                    }
                    good = true;
                }
            }
        }
        if (!good) {
            throw new AuditException("no pinned key signed this note; keys found in it are not trusted");
        }
        return text;
    }

    /** The note as it is stored and sent. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(text).append('\n');
        for (Line line : signatures) {
            byte[] signature = line.signatureBytes();
            byte[] value = ByteBuffer.allocate(4 + signature.length)
                    .putInt(line.keyId())
                    .put(signature)
                    .array();
            out.append(PREFIX)
                    .append(line.name())
                    .append(' ')
                    .append(Base64.getEncoder().encodeToString(value))
                    .append('\n');
        }
        return out.toString();
    }
}
