"""An S3 server on loopback that verifies signatures, for tests of `s3://`: moto, with a bucket of the files of a folder.

Prints its port and the keys of a user as JSON, and ends when standard input does.
"""

import json
import sys
from pathlib import Path

import boto3
from moto import settings
from moto.server import ThreadedMotoServer

BUCKET = "clicks"

folder = Path(sys.argv[1])
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()

anyone = {
    "endpoint_url": f"http://127.0.0.1:{port}",
    "region_name": "eu-west-1",
    "aws_access_key_id": "setup",
    "aws_secret_access_key": "setup",
}
s3 = boto3.client("s3", **anyone)
s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
for path in sorted(folder.rglob("*")):
    if path.is_file():
        s3.put_object(Bucket=BUCKET, Key=path.relative_to(folder).as_posix(), Body=path.read_bytes())
iam = boto3.client("iam", **anyone)
policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}],
}
keys = {}
for name, allowed in (("reader", True), ("stranger", False)):
    iam.create_user(UserName=name)
    if allowed:
        iam.put_user_policy(UserName=name, PolicyName="read", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys[name] = {"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}

# From here on, every request is verified.
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
print(json.dumps({"port": port, **keys}), flush=True)
sys.stdin.read()
