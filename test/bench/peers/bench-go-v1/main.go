// Peer of github.com/aliyun/aliyun-oss-go-sdk: what its users write around CryptoBucket, which refuses UploadFile: parts, and many
// small objects, by several goroutines.
package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	osscrypto "github.com/aliyun/aliyun-oss-go-sdk/oss/crypto"

	"interop/common"
)

func bucketOf(request *common.Request) (*osscrypto.CryptoBucket, error) {
	at, master := request.At, request.Master
	client, err := oss.New(at.Endpoint, at.AccessKeyID, at.AccessKeySecret, oss.AuthVersion(oss.AuthV4), oss.Region(at.Region))
	if err != nil {
		return nil, err
	}
	cipher, err := osscrypto.CreateMasterRsa(master.Description, master.PublicPem, master.PrivatePem)
	if err != nil {
		return nil, err
	}
	return osscrypto.GetCryptoBucket(client, at.Bucket, osscrypto.CreateAesCtrCipher(cipher))
}

// inParallel does count pieces of work in as many goroutines as there are threads, in order, and answers with one of the errors.
func inParallel(threads, count int, work func(int) error) error {
	var group sync.WaitGroup
	numbers, failures := make(chan int), make(chan error, threads)
	for range threads {
		group.Add(1)
		go func() {
			defer group.Done()
			var failure error
			for number := range numbers {
				if failure == nil {
					failure = work(number)
				}
			}
			failures <- failure
		}()
	}
	for number := range count {
		numbers <- number
	}
	close(numbers)
	group.Wait()
	for range threads {
		if err := <-failures; err != nil {
			return err
		}
	}
	return nil
}

func resumable(request *common.Request) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	size, err := request.Size()
	if err != nil {
		return nil, err
	}
	context := osscrypto.PartCryptoContext{DataSize: size, PartSize: request.PartSize}
	begun, err := bucket.InitiateMultipartUpload(request.Key, &context)
	if err != nil {
		return nil, err
	}
	parts, err := request.Parts()
	if err != nil {
		return nil, err
	}
	sent := make([]oss.UploadPart, len(parts))
	err = inParallel(request.Threads, len(parts), func(index int) error {
		part := parts[index]
		one, err := bucket.UploadPartFromFile(begun, request.File, part.Offset, part.Length, part.Number, context)
		sent[index] = one
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = bucket.CompleteMultipartUpload(begun, sent)
	return nil, err
}

func putAll(request *common.Request) (common.Answer, error) { return putEach(request, false) }

// As putAll, and looks at each object afterwards, as ours does: that its envelope arrived.
func putAllAndLook(request *common.Request) (common.Answer, error) { return putEach(request, true) }

func putEach(request *common.Request, look bool) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	files, err := os.ReadDir(request.File)
	if err != nil {
		return nil, err
	}
	return nil, inParallel(request.Threads, len(files), func(index int) error {
		name := files[index].Name()
		err := bucket.PutObjectFromFile(request.Key+name, filepath.Join(request.File, name))
		if err != nil || !look {
			return err
		}
		headers, err := bucket.GetObjectDetailedMeta(request.Key + name)
		if err == nil && headers.Get("X-Oss-Meta-Client-Side-Encryption-Key") == "" {
			err = errors.New("the envelope of " + name + " did not arrive")
		}
		return err
	})
}

func get(request *common.Request) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	return nil, bucket.GetObjectToFile(request.Key, request.File)
}

func main() {
	common.Serve("bench-go-v1", "github.com/aliyun/aliyun-oss-go-sdk", map[string]common.Operation{
		"resumable": resumable, "putAll": putAll, "putAllAndLook": putAllAndLook, "get": get,
	}, []string{"rsa"})
}
