// Package common is what both Go drivers share: the driver protocol over stdin and stdout, one JSON object a line.
package common

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// At says where OSS is and how to sign.
type At struct{ Endpoint, Region, Bucket, AccessKeyID, AccessKeySecret, Signature string }

// Master is a master key of the protocol; Kind is rsa, kms or custom.
type Master struct {
	Kind, PublicPem, PrivatePem, Padding, Files                                      string
	Endpoint, HTTPSEndpoint, Region, CmkID, AccessKeyID, AccessKeySecret, Passphrase string
	WrapAlgorithm, Secret                                                            string
	Description                                                                      map[string]string
}

// Request is one line of stdin.
type Request struct {
	ID                                 int
	Op, Key, File, UploadID            string
	At                                 At
	Master                             *Master
	Others                             []Master
	PartSize, Offset, Length, DataSize int64
	Threads                            int
	Order                              []int
	Headers                            map[string]string
}

// Answer is what an operation found.
type Answer map[string]any

// Operation does one request.
type Operation func(*Request) (Answer, error)

// ErrUnsupported marks what the SDK has no call for.
var ErrUnsupported = errors.New("unsupported")

// Unsupported says why the SDK has no such call.
func Unsupported(why string) error { return fmt.Errorf("%w: %s", ErrUnsupported, why) }

// Serve answers requests until stdin ends.
func Serve(name, module string, operations map[string]Operation, masters []string) {
	answers := os.Stdout
	os.Stdout = os.Stderr // whatever an SDK prints
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			text, _ := json.Marshal(answerTo(line, name, module, operations, masters))
			fmt.Fprintf(answers, "%s\n", text)
		}
		if err != nil {
			return
		}
	}
}

func answerTo(line []byte, name, module string, operations map[string]Operation, masters []string) (answer Answer) {
	var request Request
	if err := json.Unmarshal(line, &request); err != nil {
		return Answer{"ok": false, "error": err.Error()}
	}
	defer func() {
		if crash := recover(); crash != nil {
			answer = Answer{"id": request.ID, "ok": false, "error": fmt.Sprint("panic: ", crash)}
		}
	}()
	if request.Op == "hello" {
		ops := []string{}
		for op := range operations {
			ops = append(ops, op)
		}
		return Answer{
			"id": request.ID, "ok": true, "name": name, "sdk": module, "version": versionOf(module), "runtime": runtime.Version(),
			"ops": ops, "masters": masters, "signatures": []string{"v1", "v4"},
		}
	}
	operation, known := operations[request.Op]
	if !known {
		return Answer{"id": request.ID, "ok": false, "unsupported": true, "error": "no such call in this SDK"}
	}
	found, err := operation(&request)
	if err != nil {
		text := strings.Join(strings.Fields(err.Error()), " ")
		return Answer{"id": request.ID, "ok": false, "unsupported": errors.Is(err, ErrUnsupported), "error": text[:min(len(text), 400)]}
	}
	answer = Answer{"id": request.ID, "ok": true}
	for key, value := range found {
		answer[key] = value
	}
	return answer
}

func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return strings.TrimSuffix(strings.TrimPrefix(dependency.Version, "v"), "+incompatible")
		}
	}
	return ""
}

// Part is one part of a file that is to be sent.
type Part struct {
	Number         int
	Offset, Length int64
}

// Parts of the file in the order in which they are to be sent.
func (request *Request) Parts() ([]Part, error) {
	size, err := request.Size()
	if err != nil {
		return nil, err
	}
	order := request.Order
	if order == nil {
		count := max(1, (size+request.PartSize-1)/request.PartSize)
		for number := 1; int64(number) <= count; number++ {
			order = append(order, number)
		}
	}
	parts := []Part{}
	for _, number := range order {
		offset := int64(number-1) * request.PartSize
		parts = append(parts, Part{number, offset, min(request.PartSize, size-offset)})
	}
	return parts, nil
}

// Size of the file in bytes.
func (request *Request) Size() (int64, error) {
	info, err := os.Stat(request.File)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// ReadPart reads a part of the file.
func (request *Request) ReadPart(part Part) ([]byte, error) {
	file, err := os.Open(request.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := make([]byte, part.Length)
	_, err = io.ReadFull(io.NewSectionReader(file, part.Offset, part.Length), data)
	return data, err
}

// Save writes all that the reader gives to the file, and closes the reader.
func (request *Request) Save(reader io.ReadCloser) error {
	defer reader.Close()
	file, err := os.Create(request.File)
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, reader); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// Headers as the protocol wants them: lower-case names, one value each.
func Headers(found map[string][]string) Answer {
	headers := map[string]string{}
	for name, values := range found {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return Answer{"headers": headers}
}
