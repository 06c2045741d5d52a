# moto does not change for whom the tokens of an identity provider are.
data "aws_caller_identity" "me" {}

data "aws_region" "here" {}

data "aws_partition" "here" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com", "sagemaker.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["home/", "home/&{aws:username}/*"]
    }
  }
}

resource "aws_iam_role" "plain" {
  name                 = "stackwright-plain"
  description          = "before"
  path                 = "/ml/"
  max_session_duration = 7200
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags = {
    purpose = "test"
  }
}

resource "aws_iam_role" "full" {
  name_prefix           = "stackwright-"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  permissions_boundary  = aws_iam_policy.read.arn
  force_detach_policies = true
  managed_policy_arns   = [aws_iam_policy.read.arn]
  inline_policy {
    name   = "one"
    policy = data.aws_iam_policy_document.read.json
  }
}

resource "aws_iam_role" "bare" {
  name               = "stackwright-bare"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  inline_policy {}
}

resource "aws_iam_policy" "read" {
  name        = "stackwright-read"
  description = "reads"
  policy      = data.aws_iam_policy_document.read.json
  tags = {
    purpose = "test"
  }
}

resource "aws_iam_policy" "made_up" {
  path   = "/ml/"
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}]
    }
  POLICY
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = aws_iam_role.plain.name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "made_up" {
  role   = aws_iam_role.plain.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.plain.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.plain.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}

resource "aws_iam_instance_profile" "a" {
  name = "stackwright-profile"
  role = aws_iam_role.plain.name
  tags = {
    purpose = "test"
  }
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_service_linked_role" "spot" {
  aws_service_name = "spot.amazonaws.com"
  description      = "before"
}

data "aws_iam_role" "plain" {
  name = aws_iam_role.plain.name
}

data "aws_iam_policy" "managed" {
  name = "AmazonEKSClusterPolicy"
}

data "aws_iam_policy" "read" {
  arn = aws_iam_policy.read.arn
}

### then

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "read" {
  source_policy_documents = [jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Other", Effect = "Allow", Action = ["s3:PutObject"], Resource = ["*"] }]
  })]
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::bucket/*"]
  }
}

resource "aws_iam_role" "plain" {
  name                 = "stackwright-plain"
  description          = "after"
  path                 = "/ml/"
  max_session_duration = 7200
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags = {
    purpose = "changed"
    more    = "yes"
  }
}

resource "aws_iam_role" "full" {
  name_prefix           = "stackwright-"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  force_detach_policies = true
  managed_policy_arns   = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"]
  inline_policy {
    name   = "one"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  }
  inline_policy {
    name   = "two"
    policy = data.aws_iam_policy_document.read.json
  }
}

resource "aws_iam_policy" "read" {
  name        = "stackwright-read"
  description = "reads"
  policy      = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = aws_iam_role.plain.name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.plain.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_instance_profile" "a" {
  name = "stackwright-profile"
  role = aws_iam_role.full.name
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1", "1c58a3a8518e8759bf075b76b750d4f2df264fcd"]
  tags = {
    purpose = "test"
  }
}

resource "aws_iam_service_linked_role" "spot" {
  aws_service_name = "spot.amazonaws.com"
  description      = "after"
  tags = {
    purpose = "test"
  }
}
