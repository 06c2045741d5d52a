# A policy from a document, with conditions and other accounts.
# steps: 2
data "aws_caller_identity" "me" {}

data "aws_partition" "here" {}

data "aws_iam_policy_document" "b" {
  statement {
    sid       = "DenyInsecure"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = [local.step == 1 ? "1.2" : "1.3"]
    }
  }

  statement {
    sid       = "OtherAccount"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/shared/*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.here.partition}:iam::210987654321:root", data.aws_caller_identity.me.account_id]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = ["vpce-1", "vpce-2"]
    }
  }
}

resource "aws_s3_bucket" "b" {
  bucket = "stackwright-document"
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.b.json
}

resource "aws_s3_bucket_public_access_block" "b" {
  bucket              = aws_s3_bucket.b.id
  block_public_policy = local.step == 2
}
