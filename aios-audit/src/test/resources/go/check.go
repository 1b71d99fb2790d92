// Checks a checkpoint note, an inclusion proof and a consistency proof with golang.org/x/mod.
// Usage: check VKEY NOTEFILE INDEX LEAFHASH PROOF OLDSIZE OLDROOT CONSISTENCY (hashes in hex, proofs comma-separated)
package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(what string, err error) {
	if err != nil {
		fmt.Println(what, err)
		os.Exit(1)
	}
}

func hash(text string) (h tlog.Hash) {
	b, err := hex.DecodeString(text)
	fail("hash", err)
	copy(h[:], b)
	return h
}

func hashes(text string) (out []tlog.Hash) {
	for _, part := range strings.Split(text, ",") {
		if part != "" {
			out = append(out, hash(part))
		}
	}
	return out
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	fail("number", err)
	return n
}

func main() {
	a := os.Args
	verifier, err := note.NewVerifier(a[1])
	fail("vkey", err)
	bytes, err := os.ReadFile(a[2])
	fail("file", err)
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	fail("note", err)
	lines := strings.Split(opened.Text, "\n")
	size := number(lines[1])
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	fail("root", err)
	var root tlog.Hash
	copy(root[:], rootBytes)
	fail("inclusion", tlog.CheckRecord(hashes(a[5]), size, root, number(a[3]), hash(a[4])))
	fail("consistency", tlog.CheckTree(hashes(a[8]), size, root, number(a[6]), hash(a[7])))
	fmt.Println("ok")
}
