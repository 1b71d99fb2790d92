// Prints in hex what golang.org/x/mod/sumdb/dirhash says of the hashed files of a package.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/dirhash"
)

func main() {
	root := os.Args[1]
	all, err := dirhash.DirFiles(root, "")
	if err != nil {
		panic(err)
	}
	var files []string
	for _, file := range all {
		if file != "SHA256SUMS" && file != "deployment.log" && !strings.HasPrefix(file, "attestations/") {
			files = append(files, file)
		}
	}
	hash, err := dirhash.Hash1(files, func(name string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(root, name))
	})
	if err != nil {
		panic(err)
	}
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(hash, "h1:"))
	if err != nil {
		panic(err)
	}
	fmt.Printf("%x", sum)
}
