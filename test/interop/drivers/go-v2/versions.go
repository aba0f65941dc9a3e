package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"

	"interop/common"
)

// A walk through versioning in a bucket of its own, and what the client saw on it.
type walk struct {
	client *oss.Client
	bucket string
	ids    map[string]string
	steps  []string
}

// Name of a version id: v1, v2, … in the order in which they were met.
func (w *walk) name(id *string) string {
	if id == nil || *id == "" || *id == "null" {
		return oss.ToString(id)
	}
	if w.ids[*id] == "" {
		w.ids[*id] = fmt.Sprint("v", len(w.ids)+1)
	}
	return w.ids[*id]
}

func (w *walk) note(format string, values ...any) {
	w.steps = append(w.steps, fmt.Sprintf(format, values...))
}

func (w *walk) fail(step string, err error) {
	var refused *oss.ServiceError
	if errors.As(err, &refused) {
		w.note("%s: %d %s", step, refused.StatusCode, refused.Code)
		return
	}
	w.note("%s: %v", step, err)
}

func (w *walk) versioning(status oss.VersioningStatusType) error {
	if status != "" {
		_, err := w.client.PutBucketVersioning(context.TODO(), &oss.PutBucketVersioningRequest{
			Bucket: &w.bucket, VersioningConfiguration: &oss.VersioningConfiguration{Status: status},
		})
		if err != nil {
			return err
		}
	}
	found, err := w.client.GetBucketVersioning(context.TODO(), &oss.GetBucketVersioningRequest{Bucket: &w.bucket})
	if err != nil {
		return err
	}
	if found.VersionStatus == nil {
		w.note("versioning: none")
	} else {
		w.note("versioning: %s", *found.VersionStatus)
	}
	return nil
}

func (w *walk) put(step, key, body string) (*string, error) {
	found, err := w.client.PutObject(context.TODO(), &oss.PutObjectRequest{Bucket: &w.bucket, Key: &key, Body: strings.NewReader(body)})
	if err != nil {
		return nil, err
	}
	w.note("%s: %s", step, w.name(found.VersionId))
	return found.VersionId, nil
}

func (w *walk) get(step, key string, id *string) {
	found, err := w.client.GetObject(context.TODO(), &oss.GetObjectRequest{Bucket: &w.bucket, Key: &key, VersionId: id})
	if err != nil {
		w.fail(step, err)
		return
	}
	defer found.Body.Close()
	text, err := io.ReadAll(found.Body)
	if err != nil {
		w.fail(step, err)
		return
	}
	w.note("%s: %s", step, text)
}

func (w *walk) remove(step, key string, id *string) (*string, error) {
	found, err := w.client.DeleteObject(context.TODO(), &oss.DeleteObjectRequest{Bucket: &w.bucket, Key: &key, VersionId: id})
	if err != nil {
		return nil, err
	}
	w.note("%s: %s%s", step, map[bool]string{true: "marker "}[found.DeleteMarker], w.name(found.VersionId))
	return found.VersionId, nil
}

// All versions in pages of one.
func (w *walk) list() ([]oss.DeleteObject, error) {
	all, rows, pages := []oss.DeleteObject{}, []string{}, 0
	request := &oss.ListObjectVersionsRequest{Bucket: &w.bucket, MaxKeys: 1}
	for {
		page, err := w.client.ListObjectVersions(context.TODO(), request)
		if err != nil {
			return nil, err
		}
		pages++
		latest := map[bool]string{true: " latest"}
		for _, one := range page.ObjectVersions {
			all = append(all, oss.DeleteObject{Key: one.Key, VersionId: one.VersionId})
			rows = append(rows, fmt.Sprintf("%s %s%s", *one.Key, w.name(one.VersionId), latest[one.IsLatest]))
		}
		for _, one := range page.ObjectDeleteMarkers {
			all = append(all, oss.DeleteObject{Key: one.Key, VersionId: one.VersionId})
			rows = append(rows, fmt.Sprintf("%s %s marker%s", *one.Key, w.name(one.VersionId), latest[one.IsLatest]))
		}
		if !page.IsTruncated {
			break
		}
		request.KeyMarker, request.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
	sort.Strings(rows)
	w.note("list in %d pages: %s", pages, strings.Join(rows, " | "))
	return all, nil
}

func (w *walk) removeSeveral(objects []oss.DeleteObject) error {
	found, err := w.client.DeleteMultipleObjects(context.TODO(), &oss.DeleteMultipleObjectsRequest{Bucket: &w.bucket, Objects: objects})
	if err != nil {
		return err
	}
	rows := []string{}
	for _, one := range found.DeletedObjects {
		rows = append(rows, fmt.Sprintf("%s %s%s", *one.Key, w.name(one.VersionId), map[bool]string{true: " marker"}[one.DeleteMarker]))
	}
	sort.Strings(rows)
	w.note("delete several: %s", strings.Join(rows, " | "))
	return nil
}

// The key of the request names the bucket that is made and deleted.
func versions(request *common.Request) (common.Answer, error) {
	w := &walk{client: plainClient(request), bucket: request.Key, ids: map[string]string{}}
	err := w.all()
	return common.Answer{"steps": w.steps}, err
}

func (w *walk) all() error {
	if _, err := w.client.PutBucket(context.TODO(), &oss.PutBucketRequest{Bucket: &w.bucket}); err != nil {
		return err
	}
	if err := w.versioning(""); err != nil {
		return err
	}
	if err := w.versioning(oss.VersionEnabled); err != nil {
		return err
	}
	first, err := w.put("put", "k", "one")
	if err != nil {
		return err
	}
	second, err := w.put("put", "k", "second")
	if err != nil {
		return err
	}
	if _, err = w.put("put other", "other", "x"); err != nil {
		return err
	}
	if _, err = w.list(); err != nil {
		return err
	}
	w.get("get v1", "k", first)
	key := "k"
	old, err := w.client.HeadObject(context.TODO(), &oss.HeadObjectRequest{Bucket: &w.bucket, Key: &key, VersionId: first})
	if err != nil {
		return err
	}
	w.note("head %s: %d bytes", w.name(old.VersionId), old.ContentLength)
	now, err := w.client.HeadObject(context.TODO(), &oss.HeadObjectRequest{Bucket: &w.bucket, Key: &key})
	if err != nil {
		return err
	}
	w.note("head: %s", w.name(now.VersionId))
	marker, err := w.remove("delete", "k", nil)
	if err != nil {
		return err
	}
	w.get("get", "k", nil)
	w.get("get v4", "k", marker)
	if _, err = w.remove("delete v4", "k", marker); err != nil {
		return err
	}
	w.get("get", "k", nil)
	copied, err := w.client.CopyObject(context.TODO(), &oss.CopyObjectRequest{
		Bucket: &w.bucket, Key: oss.Ptr("copy"), SourceBucket: &w.bucket, SourceKey: &key, SourceVersionId: first,
	})
	if err != nil {
		return err
	}
	w.note("copy of v1: %s of %s", w.name(copied.VersionId), w.name(copied.SourceVersionId))
	w.get("get copy", "copy", nil)
	if _, err = w.remove("delete v2", "k", second); err != nil {
		return err
	}
	w.get("get", "k", nil)
	if err = w.versioning(oss.VersionSuspended); err != nil {
		return err
	}
	for _, body := range []string{"third", "fourth"} {
		if _, err = w.put("put", "k", body); err != nil {
			return err
		}
	}
	if _, err = w.remove("delete", "k", nil); err != nil {
		return err
	}
	left, err := w.list()
	if err != nil {
		return err
	}
	if err = w.removeSeveral(left); err != nil {
		return err
	}
	if _, err = w.list(); err != nil {
		return err
	}
	gone, err := w.client.DeleteBucket(context.TODO(), &oss.DeleteBucketRequest{Bucket: &w.bucket})
	if err != nil {
		return err
	}
	w.note("delete the bucket: %d", gone.StatusCode)
	return nil
}
