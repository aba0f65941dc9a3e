package main

import (
	"strconv"
	"strings"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	osscrypto "github.com/aliyun/aliyun-oss-go-sdk/oss/crypto"

	"interop/common"
)

func head(request *common.Request) (common.Answer, error) {
	bucket, err := plainBucket(request)
	if err != nil {
		return nil, err
	}
	found, err := bucket.GetObjectDetailedMeta(request.Key)
	return common.Headers(found), err
}

func meta(request *common.Request) (common.Answer, error) {
	bucket, err := plainBucket(request)
	if err != nil {
		return nil, err
	}
	found, err := bucket.GetObjectMeta(request.Key)
	if err != nil {
		return nil, err
	}
	size, err := strconv.ParseInt(found.Get("Content-Length"), 10, 64)
	return common.Answer{"size": size, "etag": strings.Trim(found.Get("ETag"), `"`)}, err
}

func upload(request *common.Request) oss.InitiateMultipartUploadResult {
	return oss.InitiateMultipartUploadResult{Bucket: request.At.Bucket, Key: request.Key, UploadID: request.UploadID}
}

func listParts(request *common.Request) (common.Answer, error) {
	bucket, err := plainBucket(request)
	if err != nil {
		return nil, err
	}
	found, err := bucket.ListUploadedParts(upload(request))
	parts := []common.Answer{}
	for _, part := range found.UploadedParts {
		parts = append(parts, common.Answer{"number": part.PartNumber, "size": part.Size, "etag": strings.Trim(part.ETag, `"`)})
	}
	return common.Answer{"parts": parts, "envelope": nil}, err
}

func initiate(request *common.Request) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	context := osscrypto.PartCryptoContext{DataSize: request.DataSize, PartSize: request.PartSize}
	begun, err := bucket.InitiateMultipartUpload(request.Key, &context)
	return common.Answer{"uploadId": begun.UploadID}, err
}

func abort(request *common.Request) (common.Answer, error) {
	bucket, err := plainBucket(request)
	if err != nil {
		return nil, err
	}
	return nil, bucket.AbortMultipartUpload(upload(request))
}
