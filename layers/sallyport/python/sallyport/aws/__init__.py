"""The ports on AWS: KMS, DynamoDB, S3, SNS, Step Functions and Secrets Manager. Only here is botocore known."""
