"""Peer of `alibabacloud-oss-v2`: parts by several threads, which its users write themselves, for Uploader refuses what needs more than one."""
import os
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'interop', 'drivers', 'python-common'))

import alibabacloud_oss_v2 as oss
from alibabacloud_oss_v2.crypto import MasterRsaCipher

from driver import master_of, parts_of, read_part, serve


def client_of(request):
    at, master = request['at'], master_of(request)
    provider = oss.credentials.StaticCredentialsProvider(at['accessKeyId'], at['accessKeySecret'])
    client = oss.Client(oss.config.Config(region=at['region'], endpoint=at['endpoint'], credentials_provider=provider, use_path_style=True))
    cipher = MasterRsaCipher(mat_desc=master.get('description'), public_key=master['publicPem'], private_key=master['privatePem'])
    return oss.EncryptionClient(client, cipher)


def resumable(request):
    client, target = client_of(request), {'bucket': request['at']['bucket'], 'key': request['key']}
    begun = client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(
        **target, cse_part_size=request['partSize'], cse_data_size=os.path.getsize(request['file'])))

    def send(part):
        number, offset, length = part
        sent = client.upload_part(oss.UploadPartRequest(
            **target, upload_id=begun.upload_id, part_number=number, body=read_part(request['file'], offset, length),
            cse_multipart_context=begun.cse_multipart_context))
        return oss.UploadPart(part_number=number, etag=sent.etag)

    with ThreadPoolExecutor(request['threads']) as threads:
        parts = list(threads.map(send, parts_of(request)))
    client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
        **target, upload_id=begun.upload_id, complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts)))


if __name__ == '__main__':
    serve('bench-python-v2', 'alibabacloud-oss-v2', 'alibabacloud-oss-v2', {'resumable': resumable}, ['rsa'], ['v4'])
