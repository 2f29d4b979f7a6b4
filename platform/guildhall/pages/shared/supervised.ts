// Who supervises what: the mirror of assessments/messages/assigning.py. Times are UTC milliseconds.

export interface ProctorAssigned {
  readonly account_id: string;
  readonly name: string;
  readonly assigned_at_ms: number;
}

export interface DeliverySupervised {
  readonly delivery_id: string;
  readonly title: string;
  readonly exam_title: string;
  readonly opens_at_ms: number;
  readonly closes_at_ms: number;
  readonly is_practice: boolean;
  readonly is_cancelled: boolean;
}
