package io.aios.onboarding.pack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Builds a value from parse events; the engine's own loader has no depth limit and resolves more than we accept. */
final class YamlReader {
    private final String file;
    private final int[] points;
    private final String text;

    YamlReader(String file, String text) {
        this.file = file;
        this.text = text;
        this.points = text.codePoints().toArray();
    }

    @Nullable Object document() {
        checkCharacters();
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(StrictYaml.MAX_BYTES)
                .setParseComments(false)
                .build();
        try {
            return document(new ParserImpl(settings, new StreamReader(settings, text)));
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().orElse(null);
            String problem = e.getProblem() == null ? "is not YAML" : e.getProblem();
            throw mark == null
                    ? new YamlException(file, 0, 0, problem)
                    : new YamlException(file, mark.getLine() + 1, mark.getColumn() + 1, problem);
        } catch (YamlEngineException e) {
            throw new YamlException(file, 0, 0, "is not YAML: " + e.getMessage());
        }
    }

    private @Nullable Object document(Iterator<Event> events) {
        events.next();
        Event start = events.next();
        if (!(start instanceof DocumentStartEvent document)) {
            throw at(start, "the document is empty");
        }
        if (document.getSpecVersion().isPresent() || !document.getTags().isEmpty()) {
            throw at(start, "directives (%YAML, %TAG) are refused; remove the line");
        }
        Object value = node(events.next(), events, 1);
        Event end = events.next();
        if (!(end instanceof DocumentEndEvent)) {
            throw at(end, "a second node follows the document's value");
        }
        Event last = events.next();
        if (last instanceof DocumentStartEvent) {
            throw at(last, "a second document is refused; keep one per file");
        }
        return value;
    }

    private @Nullable Object node(Event event, Iterator<Event> events, int depth) {
        if (event instanceof AliasEvent) {
            throw at(event, "aliases (*name) are refused; repeat the value");
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            throw at(event, "anchors (&name) are refused; remove it");
        }
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar, false);
        }
        if (!(event instanceof CollectionStartEvent collection)) {
            throw at(event, "a value is missing");
        }
        if (collection.getTag().isPresent()) {
            throw at(event, "tags (!name) are refused; remove it");
        }
        if (depth > StrictYaml.MAX_DEPTH) {
            throw at(event, "is nested deeper than " + StrictYaml.MAX_DEPTH + " levels");
        }
        return event instanceof SequenceStartEvent
                ? sequence(collection, events, depth)
                : mapping(collection, events, depth);
    }

    private List<@Nullable Object> sequence(CollectionStartEvent start, Iterator<Event> events, int depth) {
        List<@Nullable Object> values = new ArrayList<>();
        Event event = events.next();
        for (; event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            values.add(node(event, events, depth + 1));
        }
        checkEnd(start, event);
        return Collections.unmodifiableList(values);
    }

    private Map<String, @Nullable Object> mapping(CollectionStartEvent start, Iterator<Event> events, int depth) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        Event event = events.next();
        for (; event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            if (event instanceof AliasEvent) {
                throw at(event, "aliases (*name) are refused; repeat the value");
            }
            if (!(event instanceof ScalarEvent scalar)) {
                throw at(event, "a key must be a string");
            }
            if (scalar.getAnchor().isPresent()) {
                throw at(event, "anchors (&name) are refused; remove it");
            }
            if (!(scalar(scalar, true) instanceof String key)) {
                throw at(event, "a key must be a string; quote it");
            }
            if (values.containsKey(key)) {
                throw at(event, "duplicate key " + PortablePath.quoted(key));
            }
            values.put(key, node(events.next(), events, depth + 1));
        }
        checkEnd(start, event);
        return Collections.unmodifiableMap(values);
    }

    private @Nullable Object scalar(ScalarEvent scalar, boolean key) {
        if (scalar.getTag().isPresent()) {
            throw at(scalar, "tags (!name) are refused; remove it");
        }
        String value = scalar.getValue();
        if (!scalar.isPlain()) {
            if (scalar.isDQuoted()) {
                checkEscapes(scalar);
            }
            checkEnd(scalar);
            requireWellFormed(scalar, value);
            return value;
        }
        if (key && value.isEmpty()) {
            throw at(scalar, "a key is missing");
        }
        YamlScalars.Resolved resolved = YamlScalars.resolve(value);
        if (resolved.problem() != null) {
            throw at(scalar, resolved.problem());
        }
        return resolved.value();
    }

    /** Readers differ on how the further lines of a flow collection must be indented. */
    private void checkEnd(CollectionStartEvent start, Event end) {
        if (start.isFlow()) {
            if (line(start.getStartMark()) != line(end.getEndMark())) {
                throw at(
                        start,
                        "a collection in brackets over several lines is refused; write it on one line or in block"
                                + " style");
            }
            checkComment(end);
        }
    }

    private void checkEnd(ScalarEvent scalar) {
        if (scalar.isLiteral() || scalar.isFolded()) {
            if (points[points.length - 1] != '\n') {
                throw at(scalar, "the text's last line does not end with a newline; add it");
            }
            return;
        }
        if (line(scalar.getStartMark()) != line(scalar.getEndMark())) {
            throw at(scalar, "a quoted string over several lines is refused; write \\n in double quotes");
        }
        checkComment(scalar);
    }

    private void checkComment(Event event) {
        int end = event.getEndMark().map(Mark::getIndex).orElse(points.length);
        if (end < points.length && points[end] == '#') {
            throw at(event, "a comment needs a space before its #");
        }
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(Mark::getLine).orElse(-1);
    }

    /** A surrogate pair written as two escapes is one character to some readers and two to others. */
    private void checkEscapes(ScalarEvent scalar) {
        int from = scalar.getStartMark().map(Mark::getIndex).orElse(0);
        int to = scalar.getEndMark().map(Mark::getIndex).orElse(points.length);
        int i = from;
        while (i < to - 3) {
            if (points[i] != '\\') {
                i++;
                continue;
            }
            boolean surrogate = points[i + 1] == 'u'
                    && (points[i + 2] == 'd' || points[i + 2] == 'D')
                    && Character.digit(points[i + 3], 16) >= 8;
            if (surrogate) {
                throw at(scalar, "a \\ud8.. surrogate escape is refused; write the character as \\U with 8 digits");
            }
            i += 2;
        }
    }

    private void requireWellFormed(ScalarEvent scalar, String value) {
        if (value.codePoints().anyMatch(point -> point >= 0xd800 && point <= 0xdfff)) {
            throw at(scalar, "contains a lone surrogate");
        }
    }

    private void checkCharacters() {
        int line = 1;
        int column = 1;
        for (int point : points) {
            boolean lineEnd = point == '\n';
            boolean allowed = lineEnd || point == '\r' || (point >= 0x20 && point < 0x7f) || point >= 0xa0;
            if (!allowed || point == 0x2028 || point == 0x2029 || point == 0xfeff || (point & 0xfffe) == 0xfffe) {
                String name = point == '\t' ? "a tab" : "the character U+" + HexText.upper(point);
                throw new YamlException(
                        file, line, column, name + " is refused; indent with spaces, escape it in double quotes");
            }
            column = lineEnd ? 1 : column + 1;
            line += lineEnd ? 1 : 0;
        }
    }

    private YamlException at(Event event, String problem) {
        Mark mark = event.getStartMark().orElse(null);
        return mark == null
                ? new YamlException(file, 0, 0, problem)
                : new YamlException(file, mark.getLine() + 1, mark.getColumn() + 1, problem);
    }
}
