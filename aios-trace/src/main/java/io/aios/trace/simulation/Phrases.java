package io.aios.trace.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Finds phrases in text by whole words, without regard to case, in one pass. */
final class Phrases<T> {
    private record Phrase<T>(List<String> rest, T meaning) {}

    private final Map<String, List<Phrase<T>>> byFirstWord = new HashMap<>();

    void add(String phrase, T meaning) {
        List<String> words = words(phrase);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a phrase needs a word");
        }
        byFirstWord
                .computeIfAbsent(words.get(0), word -> new ArrayList<>(1))
                .add(new Phrase<>(List.copyOf(words.subList(1, words.size())), meaning));
    }

    /** Hands over the meaning of each phrase that occurs, in the order of the text. */
    void find(String text, Consumer<T> found) {
        List<String> words = words(text);
        for (int i = 0; i < words.size(); i++) {
            List<Phrase<T>> phrases = byFirstWord.get(words.get(i));
            if (phrases == null) {
                continue;
            }
            for (Phrase<T> phrase : phrases) {
                int end = i + 1 + phrase.rest.size();
                if (end <= words.size() && words.subList(i + 1, end).equals(phrase.rest)) {
                    found.accept(phrase.meaning);
                }
            }
        }
    }

    /** Runs of letters and digits in lower case; char by char, so no locale can change it. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isLetterOrDigit(c)) {
                word.append(Character.toLowerCase(c));
            } else if (word.length() > 0) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }
}
