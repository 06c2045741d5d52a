# A repository that another account pulls from, under a key.
# steps: 2
resource "aws_kms_key" "images" {
  deletion_window_in_days = 7
}

resource "aws_ecr_repository" "shared" {
  name = "stackwright-shared"
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.images.arn
  }
  tags = local.step == 1 ? { shared = "yes" } : {}
}

data "aws_iam_policy_document" "pull" {
  statement {
    sid     = "Pull"
    actions = concat(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], local.step == 2 ? ["ecr:BatchCheckLayerAvailability"] : [])
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::210987654321:root"]
    }
  }
}

resource "aws_ecr_repository_policy" "shared" {
  repository = aws_ecr_repository.shared.name
  policy     = data.aws_iam_policy_document.pull.json
}
